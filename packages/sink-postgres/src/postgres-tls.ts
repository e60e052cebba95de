import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext, getCACertificates } from 'node:tls';
import { SinkError } from '@dbsync/core/contract';
import type { TlsChoice } from './postgres-address.js';

/** Reads the files of the choice. @throws a fatal SinkError that names a file which cannot be read or used */
export function tlsOptions(choice: TlsChoice): ConnectionOptions {
  const { verify, authorities, certificate, key, keyPassword } = choice;
  const ca = authorities === null ? knownAuthorities() : [readPem('sslrootcert', authorities)];
  const own =
    certificate === null || key === null
      ? {}
      : { cert: readPem('sslcert', certificate), key: readPem('sslkey', key), ...passphrase(keyPassword) };
  return {
    secureContext: usable(() => createSecureContext({ ca, ...own })),
    rejectUnauthorized: verify !== 'nothing',
    ...(verify === 'name' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** Those that Node brings along, and those of the machine, where companies install their own. */
function knownAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function passphrase(keyPassword: string | null): { readonly passphrase?: string } {
  return keyPassword === null ? {} : { passphrase: keyPassword };
}

function readPem(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalid(`${option}=${file} cannot be read`, cause);
  }
}

function usable<T>(create: () => T): T {
  try {
    return create();
  } catch (cause) {
    throw invalid('sslrootcert, sslcert or sslkey is no PEM file that TLS can use, or sslpassword is wrong', cause);
  }
}

function invalid(message: string, cause: unknown): SinkError {
  return new SinkError('POSTGRES_OPTION_INVALID', message, { verdict: 'fatal', outcome: 'not-committed', cause });
}
