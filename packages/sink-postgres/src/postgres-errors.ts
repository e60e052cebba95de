import { isSinkError, SinkError, type SinkErrorDetails } from '@dbsync/core/contract';
import pg from 'pg';
import type { errorCodes } from './error-codes.js';
import type { PostgresAddress } from './postgres-address.js';
import { name } from './statement-text.js';

type Code = keyof typeof errorCodes;
type Outcome = SinkErrorDetails['outcome'];

/** `outcome`: what the caller knows of a request whose connection broke; without it that is unknown. */
export type ErrorClassifier = (error: unknown, outcome?: Outcome) => SinkError;

interface Verdict {
  readonly code: Code;
  readonly verdict: SinkErrorDetails['verdict'];
  /** True where the session ended too, so that a commit may have gone before. */
  readonly ended?: boolean;
  /** True where no session came to be, or one with another server than was meant. */
  readonly unreached?: boolean;
  /** True where no list below has the error, so it may last for ever. */
  readonly unknown?: boolean;
}

/** Classifies what the driver and the server throw. Messages name the address without its password. */
export function createErrorClassifier(address: PostgresAddress): ErrorClassifier {
  return (error, outcome = 'unknown') => {
    if (isSinkError(error)) return error;
    const { code, verdict, ended = false, unreached = false, unknown = false } = classify(error);
    const message = `${placeOf(address)}: ${textOf(error)}${unknown ? particularsOf(error) : ''}${remedyOf(code, address)}`;
    return new SinkError(code, message, {
      verdict,
      outcome: ended ? outcome : 'not-committed',
      connectionLost: ended || unreached,
      isUnclassified: unknown,
      isOutOfSpace: code === 'POSTGRES_FULL',
      cause: error,
    });
  };
}

export function placeOf({ host, port, database }: PostgresAddress): string {
  const server = host === null || host.startsWith('/') ? (host ?? 'local') : `${host}:${port}`;
  return `PostgreSQL ${server}, database ${database}`;
}

function classify(error: unknown): Verdict {
  if (error instanceof pg.DatabaseError) return bySqlState(error.code ?? '');
  if (!(error instanceof Error)) return { code: 'POSTGRES_FAILED', verdict: 'retryable', ended: true, unknown: true };
  if (MISTAKES.has(error.name)) return { code: 'POSTGRES_FAILED', verdict: 'fatal', ended: true };
  if (error.name === 'AbortError') return { code: 'POSTGRES_ABORTED', verdict: 'retryable', ended: true };
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'connect' || syscall === 'getaddrinfo' || error instanceof AggregateError) {
    return { code: 'POSTGRES_UNREACHABLE', verdict: 'retryable', unreached: true };
  }
  if (CERTIFICATE_FAILURE.test(code)) return { code: 'POSTGRES_TLS_FAILED', verdict: 'fatal' };
  return byDriver(error);
}

/** Of a program, not of a server: they would only come again. */
const MISTAKES: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

/** Codes of OpenSSL's verification, of Node's check of the host's name, and of TLS itself. */
const CERTIFICATE_FAILURE = /CERT|CRL|SIGNATURE|ISSUER|^ERR_(TLS|SSL|OSSL)_|^HOSTNAME_MISMATCH$|^EPROTO$/;

/** The driver's own failures have no codes; these texts are constants of its pinned version, and a test holds each. */
function byDriver({ message }: Error): Verdict {
  if (/does not support SSL/.test(message)) return { code: 'POSTGRES_TLS_FAILED', verdict: 'fatal' };
  if (/timeout|establishing an SSL/.test(message))
    return { code: 'POSTGRES_UNREACHABLE', verdict: 'retryable', unreached: true };
  if (/^SASL/.test(message)) return { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'fatal' };
  return { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true };
}

const BY_SQL_STATE: Readonly<Record<string, Verdict>> = {
  '28000': { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'fatal' },
  '28P01': { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'fatal' },
  '3D000': { code: 'POSTGRES_DATABASE_MISSING', verdict: 'fatal' },
  '42501': { code: 'POSTGRES_PRIVILEGE_MISSING', verdict: 'fatal' },
  '25006': { code: 'POSTGRES_READ_ONLY', verdict: 'retryable', unreached: true },
  '40001': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '40P01': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '53300': { code: 'POSTGRES_BUSY', verdict: 'retryable', unreached: true },
  '55P03': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '57014': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '57P03': { code: 'POSTGRES_UNREACHABLE', verdict: 'retryable', unreached: true },
  // The limits on idle sessions and transactions, and the administrator's end of a session.
  '25P03': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '25P04': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P01': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P04': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P02': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P05': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '42P01': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '42703': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  // Something else stands in the place of a table, such as a view.
  '42P07': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '42809': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '42P10': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '3F000': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
};

/** By the first two characters, where the whole state is not in the list above. */
const BY_CLASS: Readonly<Record<string, Verdict>> = {
  '08': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '21': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '22': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '23': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '44': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  // What a trigger of the customer's says, by the standard; and by PostgreSQL's own way.
  '45': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '53': { code: 'POSTGRES_FULL', verdict: 'retryable' },
  '54': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  // An administrator's or the server's own intervention, and what its operating system says of a disk: they pass.
  '57': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '58': { code: 'POSTGRES_FAILED', verdict: 'retryable' },
  P0: { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
};

function bySqlState(state: string): Verdict {
  return BY_SQL_STATE[state] ?? BY_CLASS[state.slice(0, 2)] ?? UNKNOWN;
}

const UNKNOWN: Verdict = { code: 'POSTGRES_FAILED', verdict: 'retryable', unknown: true };

function textOf(error: unknown): string {
  if (error instanceof pg.DatabaseError) return `${error.message} (SQLSTATE ${error.code})`;
  // A host of several addresses fails with one error for each.
  if (error instanceof AggregateError) return error.errors.map(textOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

const MOST_DETAIL = 500;

/** The server's own words about an error that no list has: the detail, the object and the place in its code. */
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

/** What to do about it, as a sentence; empty where the code says all. */
function remedyOf(code: Code, { user, database }: PostgresAddress): string {
  switch (code) {
    case 'POSTGRES_DATABASE_MISSING':
      return `. Create it: CREATE DATABASE ${name(database)} ENCODING 'UTF8' TEMPLATE template0`;
    case 'POSTGRES_PRIVILEGE_MISSING':
      return `. Grant it: GRANT CONNECT, TEMPORARY ON DATABASE ${name(database)} TO ${name(user)}; GRANT USAGE, CREATE ON SCHEMA public TO ${name(user)}; and make ${name(user)} the owner of tables that exist already`;
    case 'POSTGRES_TLS_FAILED':
      return '. Give the authority that signed the certificate as sslrootcert=FILE, or sslmode=disable for plain text in a network that you trust';
    case 'POSTGRES_READ_ONLY':
      return '. Name the primary in the address';
    default:
      return '';
  }
}
