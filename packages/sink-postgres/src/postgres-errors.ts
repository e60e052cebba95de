import { classifierBy, type ErrorClassifier, isMistake } from '@dbsync/sql';
import pg from 'pg';
import { PasswordAskedInClear } from './guarded-client.js';
import type { PostgresAddress } from './postgres-address.js';
import { type Account, grantsFor, schemaOf } from './postgres-rights.js';
import { bySqlState, type Code, type PostgresVerdict } from './sql-states.js';
import { name } from './statement-text.js';

/**
 * Classifies errors of the driver and the server. Messages name the address without its password.
 * @param account the session's own user and schema, once they are known
 */
export function createErrorClassifier(
  address: PostgresAddress,
  account: () => Account | null = () => null,
): ErrorClassifier {
  return classifierBy({
    classify,
    message: (error, { code, unknown = false }) =>
      `${placeOf(address)}: ${textOf(error)}${unknown ? particularsOf(error) : ''}${remedyOf(error, code, address, account())}`,
    full: 'POSTGRES_FULL',
  });
}

export function placeOf({ host, port, database }: PostgresAddress): string {
  const server = host === null || host.startsWith('/') ? (host ?? 'local') : `${host}:${port}`;
  return `PostgreSQL ${server}, database ${database}`;
}

function classify(error: unknown): PostgresVerdict {
  if (error instanceof pg.DatabaseError) return bySqlState(error.code ?? '', routineOf(error));
  if (!(error instanceof Error)) return { code: 'POSTGRES_FAILED', verdict: 'retryable', ended: true, unknown: true };
  if (isMistake(error)) return { code: 'POSTGRES_FAILED', verdict: 'fatal', ended: true };
  if (error.name === 'AbortError') return { code: 'POSTGRES_ABORTED', verdict: 'retryable', ended: true };
  if (error instanceof PasswordAskedInClear) return { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'fatal' };
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'connect' || syscall === 'getaddrinfo' || error instanceof AggregateError) {
    return { code: 'POSTGRES_UNREACHABLE', verdict: 'retryable', unreached: true };
  }
  if (CERTIFICATE_FAILURE.test(code)) return { code: 'POSTGRES_TLS_FAILED', verdict: 'fatal' };
  return byDriver(error);
}

/** Codes of OpenSSL's verification, of Node's check of the host's name, and of TLS itself. */
const CERTIFICATE_FAILURE = /CERT|CRL|SIGNATURE|ISSUER|^ERR_(TLS|SSL|OSSL)_|^HOSTNAME_MISMATCH$|^EPROTO$/;

/**
 * Classifies the driver's own failures. They have no codes; these texts are constants of its pinned version, and a test
 * holds each.
 */
function byDriver({ message }: Error): PostgresVerdict {
  if (NO_TLS.test(message)) return { code: 'POSTGRES_TLS_FAILED', verdict: 'fatal' };
  if (/timeout|establishing an SSL/.test(message))
    return { code: 'POSTGRES_UNREACHABLE', verdict: 'retryable', unreached: true };
  if (/^SASL/.test(message)) return { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'fatal' };
  return { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true };
}

const NO_TLS = /does not support SSL/;

/** True for a server without TLS. A certificate cannot help then. */
function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && NO_TLS.test(error.message);
}

export function textOf(error: unknown): string {
  if (error instanceof pg.DatabaseError) {
    const routine = routineOf(error);
    const origin = routine === null ? '' : ` in ${routine}, which dbsync did not make`;
    return `${error.message} (SQLSTATE ${error.code})${origin}`;
  }
  // A host of several addresses fails with one error for each.
  if (error instanceof AggregateError) return error.errors.map(textOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/**
 * Returns the innermost function that the error came from, such as `PL/pgSQL function audit() line 3 at SQL statement`.
 */
function routineOf({ where }: pg.DatabaseError): string | null {
  return where?.split('\n').find((line) => /^\S+ function /.test(line)) ?? null;
}

const MOST_DETAIL = 500;

/**
 * Returns the server's own words about an error that is in no list: the detail, the object and the place in its code.
 */
function particularsOf(error: unknown): string {
  if (!(error instanceof pg.DatabaseError)) return '';
  const { detail, schema, table, column, constraint, where } = error;
  const object = [schema, table, column].filter((part) => part !== undefined).join('.');
  const parts = [
    detail && `detail: ${detail}`,
    object && `object: ${object}`,
    constraint && `constraint: ${constraint}`,
    where && `context: ${where}`,
  ].filter((part) => part);
  return parts.length === 0 ? '' : `; ${parts.join('; ').replaceAll('\n', ' ').slice(0, MOST_DETAIL)}`;
}

/** Returns the remedy as a sentence; empty where the code already names it. */
function remedyOf(error: unknown, code: Code, address: PostgresAddress, account: Account | null): string {
  switch (code) {
    case 'POSTGRES_DATABASE_MISSING':
      return `. Create it: CREATE DATABASE ${name(address.database)} ENCODING 'UTF8' TEMPLATE template0`;
    case 'POSTGRES_PRIVILEGE_MISSING':
      return isPolicy(error) ? `. ${POLICY}` : `. Grant it: ${grantsFor(address, account)}`;
    case 'SQL_TRIGGER_FAILED':
      return '. A trigger, a rule or a default of the tables calls this function: correct it, or drop the trigger, rule or default';
    case 'POSTGRES_SCHEMA_CHANGED':
      return isNoSchema(error)
        ? `. Create it, or name another as search_path: CREATE SCHEMA ${schemaOf(address, account)}`
        : '';
    case 'POSTGRES_TLS_FAILED':
      if (speaksNoTls(error))
        return '. Turn TLS on there (ssl = on), or give sslmode=disable for plain text in a network that you trust';
      return '. Give the authority that signed the certificate as sslrootcert=FILE, or sslmode=disable for plain text in a network that you trust';
    case 'POSTGRES_LOGIN_REFUSED':
      return error instanceof PasswordAskedInClear
        ? '. Let the server ask by scram-sha-256 in pg_hba.conf, or encrypt the connection: sslmode=verify-full&sslrootcert=FILE. To send the password nevertheless, in a network and on a machine that you trust: require_auth=password'
        : '';
    case 'POSTGRES_READ_ONLY':
      return '. Name the primary in the address';
    default:
      return '';
  }
}

function isNoSchema(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '3F000';
}

/** True for an error from the server's routine that checks a row against the policies of its table. */
export function isPolicy(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.routine === 'ExecWithCheckOptions';
}

const POLICY =
  'A policy of the table (row level security), which dbsync did not make, takes no such row. Add one for the account of dbsync: CREATE POLICY dbsync ON ... TO ... USING (true) WITH CHECK (true)';
