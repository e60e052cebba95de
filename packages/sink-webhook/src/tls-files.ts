import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { SinkNotice } from '@dbsync/core/contract';
import { knownAuthorities } from '@dbsync/core/sink-kit';
import { type KeptFiles, openKeptFiles } from './kept-files.js';
import { fatal } from './webhook-error.js';

/** PEM files by path; null: not given. Certificate and key go together. */
export interface TlsFiles {
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
}

/**
 * Opens the trusted authorities and dbsync's own certificate, kept up to date with the files. @throws as {@link
 * readTlsFiles} does
 */
export function openTlsFiles(files: TlsFiles, notify: (notice: SinkNotice) => void): Promise<KeptFiles<SecureContext>> {
  const paths = [files.authorities, files.certificate, files.key].filter((path) => path !== null);
  const named = paths.join(', ');
  return openKeptFiles({
    paths,
    read: () => readTlsFiles(files),
    notify,
    changed: () => {
      const message = `New connections use the new contents of these files: ${named}.`;
      return { level: 'info', code: 'WEBHOOK_FILE_CHANGED', message };
    },
    kept: (why) => {
      const message = `${why} Connections use the former contents (${named}), until the files can be used.`;
      return { level: 'warn', code: 'WEBHOOK_FILE_KEPT', message };
    },
  });
}

/**
 * Reads the trusted authorities and dbsync's own certificate. @throws a fatal SinkError that names a file which cannot
 * be read or used
 */
export async function readTlsFiles(files: TlsFiles): Promise<SecureContext> {
  const [ca, cert, key] = await Promise.all([
    files.authorities === null ? knownAuthorities() : readPem('ca', files.authorities),
    files.certificate === null ? null : readPem('cert', files.certificate),
    files.key === null ? null : readPem('key', files.key),
  ]);
  if (files.authorities !== null && typeof ca === 'string') checkAuthorities(ca, files.authorities);
  try {
    return createSecureContext({
      ca,
      ...(cert !== null && key !== null && { cert, key }),
      ...(files.keyPassword !== null && { passphrase: files.keyPassword }),
    });
  } catch (cause) {
    const why = isMismatch(cause)
      ? MISMATCH
      : 'ca, cert or key is no PEM file that TLS can use, or key-password is wrong';
    throw fatal('WEBHOOK_OPTION_INVALID', `${why}.`, cause);
  }
}

const MISMATCH = 'cert and key do not belong together';

function isMismatch(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH';
}

/**
 * Refuses a file without a whole certificate, such as one that is being written: Node.js would trust no certificate
 * then.
 */
function checkAuthorities(pem: string, file: string): void {
  const parts = pem.match(/-----BEGIN [^-]*CERTIFICATE-----[^-]*(?:-----END [^-]*CERTIFICATE-----)?/g) ?? [];
  if (parts.length > 0 && parts.every(isCertificate)) return;
  throw fatal('WEBHOOK_OPTION_INVALID', `The file of the option ca holds no whole certificates in PEM: ${file}.`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

async function readPem(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw fatal('WEBHOOK_OPTION_INVALID', `The file of the option ${option} cannot be read: ${file}`, cause);
  }
}
