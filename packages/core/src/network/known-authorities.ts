import { getCACertificates } from 'node:tls';

/** Returns the authorities of Node.js and those of the machine, where companies install their own, in PEM. */
export function knownAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}
