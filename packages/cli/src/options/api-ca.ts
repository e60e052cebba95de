import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { systemReason } from '../system-reason.js';

/** Reads the certificates of `--api-ca`, in PEM; null where it was not given. @throws CliError that names the file */
export async function readAuthorities(file: string | null): Promise<string | null> {
  if (file === null) return null;
  const pem = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('CLI_FILE_UNREADABLE', `The file of --api-ca cannot be read (${systemReason(cause)}): ${file}`, {
      cause,
    });
  });
  const certificates = pem.match(/-----BEGIN [^-]*CERTIFICATE-----[^-]*-----END [^-]*CERTIFICATE-----/g) ?? [];
  if (certificates.length > 0 && certificates.every(isCertificate)) return pem;
  throw new CliError('CLI_FILE_UNREADABLE', `The file of --api-ca holds no certificates in PEM: ${file}`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
