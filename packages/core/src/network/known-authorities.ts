/**
 * Returns the authorities of Node.js and those of the machine, where companies install their own, in PEM. `node:tls` is loaded
 * here, since most commands need none of it.
 */
export function knownAuthorities(): string[] {
  const { getCACertificates } = process.getBuiltinModule('node:tls');
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}
