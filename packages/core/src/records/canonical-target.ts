const PARTS = /^([a-z][a-z0-9+.-]*:\/\/[^/\s]*)(.*)$/is;

/**
 * One spelling for a target that begins as a URL: small letters for scheme and host, and no port where it is the scheme's
 * own. What follows the host stays as it is.
 */
export function canonicalTarget(target: string): string {
  const [, address, rest = ''] = PARTS.exec(target) ?? [];
  if (address === undefined) return target;
  const origin = URL.parse(address)?.origin ?? 'null';
  return `${origin === 'null' ? address.toLowerCase() : origin}${rest}`;
}
