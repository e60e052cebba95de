const PARTS = /^([a-z][a-z0-9+.-]*:\/\/[^/\s]*)(.*)$/is;

/**
 * One spelling for a target that begins as a URL: small letters for scheme and host, and no port where it is the scheme's
 * own. What follows the host stays as it is.
 */
export function canonicalTarget(target: string): string {
  const [, place, rest = ''] = PARTS.exec(target) ?? [];
  if (place === undefined) return target;
  const origin = URL.parse(place)?.origin ?? 'null';
  return `${origin === 'null' ? place.toLowerCase() : origin}${rest}`;
}
