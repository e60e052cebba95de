import { getCACertificates } from 'node:tls';

/** The authorities that Node.js brings along, and those of the machine, where companies install their own. In PEM. */
export function knownAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}
