import type { ServerKind } from './server-facts.js';
import { EXACT_COLLATION } from './table-charset.js';

/** The time for which a transaction waits for its client before the server ends it: far less than a lease (R12). */
export const IDLE_TRANSACTION_S = 5;

/** The most that every platform takes, 24 days. The pool ends idle connections, and knows that nothing is lost. */
export const IDLE_SESSION_S = 2_147_483;

/**
 * Makes values that a column cannot take errors. Dates of zeros are allowed: tables of other programs may have them.
 */
const SQL_MODE = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

const SHARED: Readonly<Record<string, string>> = {
  sql_mode: `'${SQL_MODE}'`,
  time_zone: "'+00:00'",
  autocommit: '1',
  foreign_key_checks: '1',
  unique_checks: '1',
  sql_safe_updates: '0',
  // DEFAULT would be the server's own limit, which cuts every answer.
  sql_select_limit: '18446744073709551615',
  // Settings that allow any join, and keep a commit from ending the session and from beginning the next transaction.
  sql_big_selects: '1',
  completion_type: "'NO_CHAIN'",
  // A write that waits for another session's lock gives up rather than wait for ever.
  innodb_lock_wait_timeout: '30',
  wait_timeout: String(IDLE_SESSION_S),
  lock_wait_timeout: '30',
};

const OWN: Readonly<Record<ServerKind, Readonly<Record<string, string>>>> = {
  mariadb: { idle_transaction_timeout: String(IDLE_TRANSACTION_S), max_statement_time: '600' },
  mysql: { max_execution_time: '600000' },
};

/** Returns the settings of a new session, independent of the server's own. */
export function sessionSettings(kind: ServerKind): string {
  const settings = Object.entries({ ...SHARED, ...OWN[kind] }).map(([name, value]) => `${name} = ${value}`);
  return [
    `SET NAMES utf8mb4 COLLATE ${EXACT_COLLATION[kind]}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET SESSION ${settings.join(', SESSION ')}`,
  ].join('; ');
}

/**
 * Returns settings for the statements after it: they give up after 2 s of waiting for locks (R21), and may then take
 * any time.
 */
export function alterSettings(kind: ServerKind): string {
  const noLimit = kind === 'mariadb' ? ', SESSION max_statement_time = 0' : '';
  return `SET SESSION lock_wait_timeout = 2, SESSION innodb_lock_wait_timeout = 2${noLimit}`;
}

/**
 * Settings that some servers or users may not set. The first lets a table have more columns than fit a row when all are
 * filled, which rows of dbsync never are; MySQL lets only some users set it. Without it, one column too many is
 * refused, and its values stay in overflow. The second lets MariaDB copy a table where it must.
 */
export const OPTIONAL_ALTER_SETTINGS = [
  'SET SESSION innodb_strict_mode = OFF',
  "SET SESSION alter_algorithm = 'DEFAULT'",
] as const;
