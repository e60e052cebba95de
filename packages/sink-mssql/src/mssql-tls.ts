import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { SinkError } from '@dbsync/core/contract';
import { knownAuthorities, readOptionFile } from '@dbsync/sql';
import type { TlsChoice } from './mssql-address.js';

/** Reads the files of the choice. @throws a fatal SinkError that names a file which cannot be read or used */
export function secureContextOf(choice: TlsChoice): SecureContextOptions {
  const { authorities, certificate, key, keyPassword, minVersion } = choice;
  const options: SecureContextOptions = {
    ca: authorities === null ? knownAuthorities() : [readAuthorities(authorities)],
    ...(certificate !== null && { cert: readOptionFile('client-certificate', certificate, invalid) }),
    ...(key !== null && { key: readOptionFile('client-key', key, invalid) }),
    ...(keyPassword !== null && { passphrase: keyPassword }),
    ...(minVersion !== null && { minVersion }),
  };
  refuseUnusable(options);
  return options;
}

/** Reads authorities in PEM or DER; Windows exports certificates in DER. */
function readAuthorities(file: string): string {
  const content = readOptionFile('certificate', file, invalid);
  if (content.includes('-----BEGIN ')) return content.toString('latin1');
  try {
    return new X509Certificate(content).toString();
  } catch (cause) {
    throw invalid(`certificate=${file} is no certificate, neither in PEM nor in DER`, cause);
  }
}

function refuseUnusable(options: SecureContextOptions): void {
  try {
    createSecureContext(options);
  } catch (cause) {
    const message =
      'certificate, client-certificate or client-key is no file that TLS can use, or client-key-password is wrong';
    throw invalid(message, cause);
  }
}

function invalid(message: string, cause: unknown): SinkError {
  return new SinkError('MSSQL_OPTION_INVALID', message, { verdict: 'fatal', outcome: 'not-committed', cause });
}
