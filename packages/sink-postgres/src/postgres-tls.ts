import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { SinkError } from '@dbsync/core/contract';
import { knownAuthorities, readOptionFile, type TlsChoice } from '@dbsync/sql';

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

function passphrase(keyPassword: string | null): { readonly passphrase?: string } {
  return keyPassword === null ? {} : { passphrase: keyPassword };
}

function readPem(option: string, file: string): string {
  return readOptionFile(option, file, invalid).toString('utf8');
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
