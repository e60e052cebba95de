import { BlockList, isIP } from 'node:net';

/** The destination of a request. */
export interface HostAndPort {
  /** The host, without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * True where `NO_PROXY` names the host, as curl reads it: names with all that ends in them, addresses, ranges such as
 * `10.0.0.0/8`, and `*` for all hosts; with or without a port. Commas and blanks separate the entries.
 */
export function isExempt(target: HostAndPort, noProxy: string): boolean {
  return noProxy.split(/[\s,]+/).some((entry) => entry !== '' && matches(target, entry.toLowerCase()));
}

function matches({ host, port }: HostAndPort, entry: string): boolean {
  const [name, wantedPort] = splitPort(entry);
  if (wantedPort !== null && wantedPort !== port) return false;
  if (name === '*') return true;
  return isIP(host) === 0 ? endsWithName(host, name) : isInRange(host, name);
}

/** Splits an entry. A bare IPv6 address has no port: with a port it is in brackets. */
function splitPort(entry: string): readonly [name: string, port: number | null] {
  const [, six, name = entry, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return [six ?? name, digits === undefined ? null : Number(digits)];
}

function endsWithName(host: string, name: string): boolean {
  const [own, wanted] = [host.toLowerCase().replace(/\.$/, ''), name.replace(/^\*?\./, '').replace(/\.$/, '')];
  return wanted !== '' && (own === wanted || own.endsWith(`.${wanted}`));
}

function isInRange(host: string, name: string): boolean {
  const [address = '', bits] = name.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0) return false;
  const most = family === 'ipv6' ? 128 : 32;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(length <= most)) return false;
  const range = new BlockList();
  range.addSubnet(address, length, family);
  return range.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
