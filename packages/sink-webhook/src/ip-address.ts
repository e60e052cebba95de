import { isIP } from 'node:net';

/** Returns the bytes of an address, 4 or 16; null for a name. The zone of a link-local address is left out. */
export function bytesOf(address: string): Uint8Array | null {
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  if (family === 0) return null;
  return family === 4 ? bytesOfV4(bare) : bytesOfV6(bare);
}

/** Writes four bytes as an IPv4 address. */
export function textOfV4(bytes: Uint8Array): string {
  return bytes.join('.');
}

/**
 * Returns the IPv4 addresses inside an IPv6 one, which a system or a gateway connects to instead: mapped
 * (`::ffff:a.b.c.d`), compatible (`::a.b.c.d`), translated (SIIT, `::ffff:0:a.b.c.d`), NAT64 (`64:ff9b::/96`, and
 * `64:ff9b:1::/48` with each length of a prefix of RFC 6052), 6to4 (`2002::/16`), Teredo (`2001::/32`, its server and
 * its client) and ISATAP (`::5efe:a.b.c.d` at the end).
 */
export function embeddedV4(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length !== 16) return [];
  const last = bytes.slice(12);
  if (startsWith(bytes, NAT64) || startsWith(bytes, MAPPED) || startsWith(bytes, SIIT) || startsWith(bytes, COMPATIBLE))
    return [last];
  if (startsWith(bytes, LOCAL_NAT64))
    return [pick(bytes, [6, 7, 9, 10]), pick(bytes, [7, 9, 10, 11]), pick(bytes, [9, 10, 11, 12]), last];
  if (startsWith(bytes, SIX_TO_FOUR)) return [bytes.slice(2, 6)];
  if (startsWith(bytes, TEREDO)) return [bytes.slice(4, 8), last.map((byte) => byte ^ 0xff)];
  const isIsatap = bytes[10] === 0x5e && bytes[11] === 0xfe && (Number(bytes[8]) & 0xfd) === 0 && bytes[9] === 0;
  return isIsatap ? [last] : [];
}

const COMPATIBLE = new Array<number>(12).fill(0);
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const SIIT = [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0];
const NAT64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
const LOCAL_NAT64 = [0, 0x64, 0xff, 0x9b, 0, 1];
const SIX_TO_FOUR = [0x20, 0x02];
const TEREDO = [0x20, 0x01, 0, 0];

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, at) => bytes[at] === byte);
}

function pick(bytes: Uint8Array, places: readonly number[]): Uint8Array {
  return Uint8Array.from(places, (index) => bytes[index] ?? 0);
}

function bytesOfV4(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number);
}

/**
 * Parses an IPv6 address. `::` stands for as many zeros as are missing; the last 32 bits may be written as an IPv4
 * address.
 */
function bytesOfV6(address: string): Uint8Array {
  const [head = '', tail] = address.split('::').map(bytesOfGroups);
  const [before, after] = [head || [], tail ?? []];
  return Uint8Array.from([...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after]);
}

function bytesOfGroups(groups: string): readonly number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return [...bytesOfV4(group)];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
