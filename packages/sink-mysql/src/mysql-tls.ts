import { createPublicKey, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { SinkError } from '@dbsync/core/contract';
import { knownAuthorities, readOptionFile, type TlsChoice } from '@dbsync/sql';
import type { SslOptions } from 'mysql2';

/** Reads the files of the choice. @throws a fatal SinkError that names a file which cannot be read or used */
export function tlsOptions({ verify, authorities, certificate, key, keyPassword }: TlsChoice): SslOptions {
  const options = {
    ca: authorities === null ? knownAuthorities() : [readPem('ssl-ca', authorities)],
    ...(certificate === null || key === null
      ? {}
      : { cert: readPem('ssl-cert', certificate), key: readPem('ssl-key', key) }),
    ...(keyPassword === null ? {} : { passphrase: keyPassword }),
  };
  refuseUnusable(() => createSecureContext(options));
  return { ...options, rejectUnauthorized: verify !== 'nothing', verifyIdentity: verify === 'name' };
}

/** Reads the public key of a server. @throws a fatal SinkError that names a file which cannot be read or used */
export function readServerKey(file: string): KeyObject {
  const pem = readPem('server-public-key-path', file);
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw invalid(`server-public-key-path=${file} is no PEM file of a public key`, cause);
  }
}

function readPem(option: string, file: string): string {
  return readOptionFile(option, file, invalid).toString('utf8');
}

function refuseUnusable(create: () => unknown): void {
  try {
    create();
  } catch (cause) {
    throw invalid('ssl-ca, ssl-cert or ssl-key is no PEM file that TLS can use, or ssl-key-password is wrong', cause);
  }
}

function invalid(message: string, cause: unknown): SinkError {
  return new SinkError('MYSQL_OPTION_INVALID', message, { verdict: 'fatal', outcome: 'not-committed', cause });
}
