import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { fatal } from './webhook-error.js';

/** PEM files by path; null: not given. Certificate and key go together. */
export interface TlsFiles {
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
}

/** Whom to trust and who we are. @throws a fatal SinkError that names a file which cannot be read or used */
export async function readTlsFiles(files: TlsFiles): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([
    files.authorities === null ? knownAuthorities() : readPem('ca', files.authorities),
    files.certificate === null ? null : readPem('cert', files.certificate),
    files.key === null ? null : readPem('key', files.key),
  ]);
  try {
    return createSecureContext({
      ca,
      ...(cert !== null && key !== null && { cert, key }),
      ...(files.keyPassword !== null && { passphrase: files.keyPassword }),
    });
  } catch (cause) {
    const why = 'ca, cert or key is no PEM file that TLS can use, or key-password is wrong';
    throw fatal('WEBHOOK_OPTION_INVALID', `${why}.`, cause);
  }
}

/** Those that Node brings along, and those of the machine, where companies install their own. */
function knownAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

async function readPem(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw fatal('WEBHOOK_OPTION_INVALID', `The file of the option ${option} cannot be read: ${file}`, cause);
  }
}
