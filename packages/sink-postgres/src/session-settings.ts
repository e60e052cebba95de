import { NARROW_PATH } from './session-path.js';
import { literal } from './statement-text.js';

/** The longest wait for another session's lock, in seconds. */
export const LOCK_TIMEOUT_S = 30;

/**
 * The settings of every session. A write that waits for another session's lock gives up rather than wait for ever; the
 * server ends a session whose process is frozen between the statements of a transaction.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  standard_conforming_strings: 'on',
  // With `on`, the names of types come quoted.
  quote_all_identifiers: 'off',
  default_transaction_isolation: 'read committed',
  lock_timeout: `${LOCK_TIMEOUT_S}s`,
  statement_timeout: '10min',
  idle_in_transaction_session_timeout: '5s',
};

/**
 * Keeps the server (since version 14) from ending idle connections. The pool ends them, and knows that nothing is lost.
 */
const NO_IDLE_TIMEOUT =
  "(SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'idle_session_timeout')";

/** The start of the server and the number of the database: all sessions have the same, until one of the two is replaced. */
export const IDENTITY = `pg_catalog.concat_ws(' ', pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()),
  (SELECT oid FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())) AS identity`;
/** Takes the place of {@link IDENTITY} where no identity is needed. */
export const NO_IDENTITY = "'' AS identity";

/** Returns the statement that gives these settings to a session, and reads the identity and the search path. */
export function settingsQuery(settings: Readonly<Record<string, string>>, identity: string): string {
  const calls = Object.entries(settings).map(
    ([key, value]) => `pg_catalog.set_config(${literal(key)}, ${literal(value)}, false)`,
  );
  return `SELECT ${calls.join(', ')}, ${NO_IDLE_TIMEOUT}, ${identity}, ${NARROW_PATH}`;
}
