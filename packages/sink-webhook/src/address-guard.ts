import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { bytesOf, embeddedV4, textOfV4 } from './ip-address.js';

/** The addresses that deliveries may go to. */
export interface AddressRules {
  readonly allowLinkLocal: boolean;
  readonly denyPrivate: boolean;
}

/**
 * Addresses where clouds give the credentials of a machine to any program on it: link-local addresses, and those that a
 * provider uses beside them (AWS, Google, Alibaba, Oracle, Azure, Scaleway). A receiver is never there, so a URL or a
 * name server that leads there is a mistake or an attack.
 */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet('169.254.0.0', 16);
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');
for (const address of ['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254', 'fd00:42::42']) {
  LINK_LOCAL.addAddress(address, 'ipv6');
}
for (const address of ['100.100.100.200', '192.0.0.192', '168.63.129.16']) LINK_LOCAL.addAddress(address);

/**
 * The addresses of this machine, and networks that no router of the internet leads to, by the registries of special
 * addresses of IANA.
 */
const PRIVATE = new BlockList();
const PRIVATE_V4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const PRIVATE_V6: readonly (readonly [network: string, prefix: number])[] = [
  ['::', 127],
  ['100::', 64],
  ['fc00::', 7],
  ['fec0::', 10],
  ['ff00::', 8],
];
for (const [network, prefix] of PRIVATE_V4) PRIVATE.addSubnet(network, prefix);
for (const [network, prefix] of PRIVATE_V6) PRIVATE.addSubnet(network, prefix, 'ipv6');

/**
 * Returns the reason why an address must not be connected to, and the option that would allow it; null for an allowed
 * address, and for a name. An IPv6 address that stands for an IPv4 one counts as both.
 */
export function refusalOf(address: string, { allowLinkLocal, denyPrivate }: AddressRules): string | null {
  if (!allowLinkLocal && isIn(LINK_LOCAL, address))
    return `${address} is a link-local address, or one where clouds give out credentials, which only --allow-link-local allows`;
  if (denyPrivate && isIn(PRIVATE, address))
    return `${address} is an address of this machine or of a private network, which --deny-private refuses`;
  return null;
}

function isIn(list: BlockList, address: string): boolean {
  const bytes = bytesOf(address);
  if (bytes === null) return false;
  const [bare = ''] = address.split('%');
  if (list.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4')) return true;
  return embeddedV4(bytes).some((inner) => list.check(textOfV4(inner)));
}

/**
 * Returns the system's own look-up, without forbidden addresses. Connections take their addresses only from it, so a
 * name that resolves to another address a moment later gains nothing.
 */
export function guardedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true } as LookupAllOptions, (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => refusalOf(address, rules) === null);
      const [first] = allowed;
      if (first === undefined) return callback(refusedAddress(found, rules), []);
      return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}

/** Makes the error for a name of which all addresses are refused. */
function refusedAddress([first]: readonly LookupAddress[], rules: AddressRules): NodeJS.ErrnoException {
  const why = first === undefined ? 'no address' : refusalOf(first.address, rules);
  return Object.assign(new Error(`its name leads to ${why}`), { code: 'WEBHOOK_ADDRESS_REFUSED' });
}
