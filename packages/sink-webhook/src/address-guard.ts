import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where clouds hand out the credentials of a machine to whoever asks from it: link-local addresses, and those that a
 * provider uses beside them (AWS, Google, Alibaba, Oracle, Azure, Scaleway). A receiver is never there, so a URL or a
 * name server that leads there is a mistake or an attack.
 */
const REFUSED = new BlockList();
REFUSED.addSubnet('169.254.0.0', 16);
REFUSED.addSubnet('fe80::', 10, 'ipv6');
for (const address of ['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', 'fd00:42::42']) {
  REFUSED.addAddress(address, 'ipv6');
}
/** IPv4 addresses inside of IPv6 ones that a system or a gateway unpacks; the list itself sees through mapped ones. */
REFUSED.addSubnet('::169.254.0.0', 112, 'ipv6');
REFUSED.addSubnet('64:ff9b::169.254.0.0', 112, 'ipv6');
REFUSED.addSubnet('2002:a9fe::', 32, 'ipv6');
for (const address of ['100.100.100.200', '192.0.0.192', '168.63.129.16']) {
  REFUSED.addAddress(address);
  REFUSED.addAddress(`64:ff9b::${address}`, 'ipv6');
}

/** True for an address that must not be connected to; false for a name. */
export function isRefused(address: string): boolean {
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  return family !== 0 && REFUSED.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** Why such an address is not used, and what would allow it. */
export function refusalOf(address: string): string {
  return `${address} is a link-local address, or one where clouds hand out credentials, which only --allow-link-local takes`;
}

/**
 * The system's own look-up, which keeps back what must not be connected to. Connections take their addresses from it and
 * from nothing else, so a name that resolves to another address a moment later gains nothing.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true } as LookupAllOptions, (error, found) => {
    if (error !== null) return callback(error, []);
    const allowed = found.filter(({ address }) => !isRefused(address));
    const [first] = allowed;
    if (first === undefined) return callback(refusedAddress(found), []);
    return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
  });
};

/** All addresses of a name are refused. */
function refusedAddress(found: readonly LookupAddress[]): NodeJS.ErrnoException {
  const error = new Error(`its name leads to ${refusalOf(found[0]?.address ?? 'no address')}`);
  return Object.assign(error, { code: 'WEBHOOK_ADDRESS_REFUSED' });
}
