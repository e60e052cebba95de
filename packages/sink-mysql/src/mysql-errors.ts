import { classifierBy, type ErrorClassifier, isMistake } from '@dbsync/sql';
import { type MysqlVerdict, verdictOf } from './error-numbers.js';
import { LoginMethodRefused } from './login-methods.js';
import { loginRemedy } from './login-remedy.js';
import type { MysqlAddress } from './mysql-address.js';
import { grantText } from './privileges.js';
import { name } from './statement-text.js';

/**
 * Classifies errors of the driver and the server. Messages name the address without its password.
 * @param account of the session, once it is known
 */
export function createErrorClassifier(
  address: MysqlAddress,
  account: () => string | null = () => null,
): ErrorClassifier {
  return classifierBy({
    classify,
    message: (error, { code }) => `${placeOf(address)}: ${textOf(error)}${remedyOf(error, code, address, account())}`,
    full: 'MYSQL_FULL',
  });
}

/** Names the server and the database in messages. */
export function placeOf({ host, port, socket, database }: MysqlAddress): string {
  return `MySQL ${socket ?? `${host}:${port}`}, database ${database}`;
}

interface DriverError extends Error {
  /** The server's number of an error; negative for those of the system. */
  readonly errno?: number;
  readonly code?: string;
  readonly syscall?: string;
  /** The SQLSTATE; only errors of the server have one. */
  readonly sqlState?: string;
}

function classify(error: unknown): MysqlVerdict {
  if (!(error instanceof Error)) return { code: 'MYSQL_FAILED', verdict: 'retryable', ended: true, unknown: true };
  if (isMistake(error)) return { code: 'MYSQL_FAILED', verdict: 'fatal', ended: true };
  if (error.name === 'AbortError') return { code: 'MYSQL_ABORTED', verdict: 'retryable', ended: true };
  const { errno, code = '', syscall, sqlState } = error as DriverError;
  if (sqlState !== undefined && errno !== undefined) return verdictOf(errno, sqlState, error.message);
  if (LOGIN_METHOD_UNFIT.has(code)) return { code: 'MYSQL_LOGIN_REFUSED', verdict: 'fatal' };
  const isHandshake = code.startsWith('HANDSHAKE_');
  if (isHandshake && syscall === undefined) return { code: 'MYSQL_TLS_FAILED', verdict: 'fatal' };
  if (isHandshake || syscall === 'connect' || syscall === 'getaddrinfo' || error instanceof AggregateError) {
    return { code: 'MYSQL_UNREACHABLE', verdict: 'retryable', unreached: true };
  }
  return { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', ended: true };
}

/**
 * The driver's codes for a login method that it does not know, that failed, or that sends the password in plain text.
 */
const LOGIN_METHOD_UNFIT: ReadonlySet<string> = new Set([
  'AUTH_SWITCH_PLUGIN_ERROR',
  'MYSQL_CLEAR_PASSWORD_NOT_ENABLED',
]);

function textOf(error: unknown): string {
  // A host of several addresses fails with one error for each.
  if (error instanceof AggregateError) return error.errors.map(textOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  const { errno, sqlState } = error as DriverError;
  return sqlState === undefined ? error.message : `${error.message} (error ${errno})`;
}

/** Returns the remedy as a sentence; empty where the code already names it. */
function remedyOf(error: unknown, code: MysqlVerdict['code'], address: MysqlAddress, account: string | null): string {
  const { user, database, tls } = address;
  switch (code) {
    case 'MYSQL_DATABASE_MISSING':
      return `. Create it: CREATE DATABASE ${name(database)} CHARACTER SET utf8mb4`;
    case 'MYSQL_PRIVILEGE_MISSING':
      return `. Grant it: ${grantText({ user, database }, account, error)}`;
    case 'MYSQL_LOGIN_REFUSED':
      if (error instanceof LoginMethodRefused) return `. ${loginRemedy(address)}`;
      return tls === null
        ? '. Check user and password; where the server insists on encryption: ssl-mode=VERIFY_IDENTITY'
        : '';
    case 'MYSQL_TLS_FAILED':
      if (tls === null) return '. Encrypt the connection: ssl-mode=VERIFY_IDENTITY';
      if ((error as DriverError).code === 'HANDSHAKE_NO_SSL_SUPPORT')
        return '. Turn TLS on there, or give ssl-mode=DISABLED for plain text in a network that you trust';
      return '. Give the authority that signed the certificate as ssl-ca=FILE, or ssl-mode=DISABLED for plain text in a network that you trust';
    case 'MYSQL_READ_ONLY':
      return '. Name the primary in the address, or run SET GLOBAL read_only = OFF';
    case 'MYSQL_REQUEST_TOO_LONG':
      return '. Raise it: SET GLOBAL max_allowed_packet = 67108864';
    case 'MYSQL_SETTINGS_UNFIT':
      return '. dbsync needs MariaDB 10.6 or MySQL 8.0.17 or newer, pages of 16 kB (innodb_page_size), and no binary log of statements (SET GLOBAL binlog_format = ROW)';
    default:
      return '';
  }
}
