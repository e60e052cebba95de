import { classifierBy, type ErrorClassifier, isAboutView, isMistake } from '@dbsync/sql';
import { babelfishVerdict } from './babelfish.js';
import { type Code, isAboutStatement, type MssqlVerdict, TRIGGER_FAILED, verdictOf } from './error-numbers.js';
import type { MssqlAddress } from './mssql-address.js';
import { bracketed } from './statement-text.js';
import { ConnectFailure, codeOf, LostConnection, type ServerError, serverErrorsOf } from './tds-failures.js';

/**
 * Classifies errors of the driver and the server. Messages name the address without its password.
 * @param account the session's own user and schema, once they are known
 * @param wasOpen true where this process has been in the database before: then one that cannot be opened is being
 * restarted
 */
export function createErrorClassifier(
  address: MssqlAddress,
  wasOpen: () => boolean,
  account: () => Account | null = () => null,
): ErrorClassifier {
  return classifierBy({
    classify: (error) => classify(error, wasOpen()),
    message: (error, { code }) => `${placeOf(address)}: ${textOf(error)}${remedyOf(error, code, address, account())}`,
    full: 'MSSQL_FULL',
    mayHaveCommitted: (error, { ended = false, unreached = false }) =>
      ended || (unreached && !(error instanceof ConnectFailure)),
  });
}

export function placeOf({ server, port, instance, database }: MssqlAddress): string {
  return `SQL Server ${server}${port === null ? `\\${instance}` : `:${port}`}, database ${database}`;
}

function classify(error: unknown, wasOpen: boolean): MssqlVerdict {
  const verdict = byServer(serverErrorsOf(error));
  if (verdict === null) return byDriver(error);
  // While a server restarts or fails over, it reports that a database that is still to be recovered cannot be opened.
  if (verdict.code === 'MSSQL_DATABASE_MISSING' && wasOpen) return UNREACHABLE;
  return verdict;
}

const UNREACHABLE: MssqlVerdict = { code: 'MSSQL_UNREACHABLE', verdict: 'retryable', unreached: true };
const LOST: MssqlVerdict = { code: 'MSSQL_CONNECTION_LOST', verdict: 'retryable', ended: true };

/** Decides by the first error that has a meaning: later errors mostly follow from it. */
function byServer(errors: readonly ServerError[]): MssqlVerdict | null {
  if (errors.length === 0) return null;
  for (const error of errors) {
    const { number, class: severity, message } = error;
    const verdict = babelfishVerdict(number, message) ?? verdictOf(number, severity);
    if (verdict === null) continue;
    return routineOf(error) !== null && isAboutStatement(verdict) ? TRIGGER_FAILED : verdict;
  }
  return { code: 'MSSQL_FAILED', verdict: 'retryable', unknown: true };
}

function byDriver(error: unknown): MssqlVerdict {
  if (error instanceof ConnectFailure) return byConnectFailure(error);
  if (error instanceof LostConnection) return LOST;
  if (!(error instanceof Error)) return { code: 'MSSQL_FAILED', verdict: 'retryable', ended: true, unknown: true };
  if (isMistake(error)) return { code: 'MSSQL_FAILED', verdict: 'fatal', ended: true };
  // It is unknown what a call did before it was ended early.
  if (error.name === 'AbortError' || codeOf(error) === 'ECANCEL') {
    return { code: 'MSSQL_ABORTED', verdict: 'retryable', ended: true };
  }
  return codeOf(error) === 'ETIMEOUT' ? { code: 'MSSQL_BUSY', verdict: 'retryable', ended: true } : LOST;
}

function byConnectFailure(failure: ConnectFailure): MssqlVerdict {
  if (failure.code === 'ELOGIN') return { code: 'MSSQL_LOGIN_REFUSED', verdict: 'fatal' };
  if (failure.code === 'EENCRYPT' || causesOf(failure).some((cause) => CERTIFICATE_FAILURE.test(codeOf(cause)))) {
    return { code: 'MSSQL_TLS_FAILED', verdict: 'fatal' };
  }
  if (failure.code === 'ECLOSE') return { code: 'MSSQL_ABORTED', verdict: 'retryable', unreached: true };
  return UNREACHABLE;
}

/** Codes of OpenSSL's verification, of Node's check of the host's name, and of TLS itself. */
const CERTIFICATE_FAILURE = /CERT|CRL|SIGNATURE|ISSUER|^ERR_(TLS|SSL|OSSL)_|^HOSTNAME_MISMATCH$|^EPROTO$/;

/** Returns the error and its causes, each of several attempts included. */
function causesOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const parts = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...parts].flatMap(causesOf)];
}

function textOf(error: unknown): string {
  const serverErrors = serverErrorsOf(error);
  if (serverErrors.length > 0) return serverErrors.map(textOfServer).join(' ');
  // A host of several addresses fails with one error for each; the driver reports only a general one.
  const attempts = causesOf(error)
    .filter((cause) => cause instanceof AggregateError)
    .flatMap(({ errors }) => errors);
  if (attempts.length > 0) return attempts.map(textOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

function textOfServer(error: ServerError): string {
  const routine = routineOf(error);
  const origin = routine === null ? '' : ` in ${routine}, which dbsync did not make`;
  return `${error.message} (error ${error.number})${origin}`;
}

/**
 * Returns the trigger or procedure of another program. Statements of dbsync run in none, or in one of the server's own.
 */
function routineOf({ procName = '' }: ServerError): string | null {
  return procName === '' || /^(sys\.)?sp_/.test(procName) ? null : procName;
}

/** Returns the remedy as a sentence; empty where the code already names it. */
function remedyOf(error: unknown, code: Code, { login, database }: MssqlAddress, account: Account | null): string {
  const user = bracketed(login.domain === null ? login.user : `${login.domain}\\${login.user}`);
  switch (code) {
    case 'MSSQL_DATABASE_MISSING':
      return `. Create it: CREATE DATABASE ${bracketed(database)}; or give the login access: USE ${bracketed(database)}; CREATE USER ${user} FOR LOGIN ${user}`;
    case 'MSSQL_PRIVILEGE_MISSING':
      return `. Grant it: ${grants(account === null ? user : bracketed(account.user), bracketed(account?.schema ?? 'dbo'), error)}`;
    case 'SQL_TRIGGER_FAILED':
      return '. A trigger of the tables is this routine, or calls it: correct it, or drop the trigger';
    case 'MSSQL_TLS_FAILED':
      return '. Give the authority that signed the certificate as certificate=FILE, and the name in it as hostNameInCertificate; or TrustServerCertificate=true to trust any server; or encrypt=disable for plain text in a network that you trust';
    case 'MSSQL_READ_ONLY':
      return '. Name the primary or the listener in the address';
    default:
      return '';
  }
}

/** The user and the schema of the session, as the server names them. */
export interface Account {
  /** The user of the database, which may have another name than the login. */
  readonly user: string;
  /** The schema in which tables are made. */
  readonly schema: string;
}

/**
 * Returns the statements that give the needed rights, to be run in the database. @param user quoted @param schema
 * quoted @param error of the statement that lacked a right; null: of none
 */
export function grants(user: string, schema = '[dbo]', error: unknown = null): string {
  if (isAboutView(error)) {
    return `GRANT CREATE VIEW TO ${user}; GRANT ALTER ON SCHEMA::${schema} TO ${user}`;
  }
  return `GRANT CREATE TABLE TO ${user}; GRANT ALTER, REFERENCES, SELECT, INSERT, UPDATE, DELETE ON SCHEMA::${schema} TO ${user}`;
}
