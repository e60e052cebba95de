import type { Guard } from '@dbsync/sql';
import type { ServerKind } from './server-facts.js';
import { IDLE_SESSION_S, IDLE_TRANSACTION_S } from './session-settings.js';
import { statementText } from './statement-text.js';

/** The parts of a write, in order. */
export interface WriteScript {
  readonly statements: readonly string[];
  readonly guards: readonly Guard[];
}

/**
 * The number of the error by which a script of MariaDB reports a guard that did not meet exactly one row. dbsync chose
 * it.
 */
export const GUARD_MISSED = 50_002;

/**
 * Returns one request and one transaction, which commits when all guards have met their row. Locks are taken only when
 * the server needs nothing more from this process. The end of these locks when the process is frozen (R12):
 *
 * - MariaDB runs the request as a block that rolls back by itself after any error.
 * - MySQL has no such block. A guard that misses rolls back at once as well; after an error MySQL waits for dbsync's
 * ROLLBACK, no longer than {@link IDLE_TRANSACTION_S}.
 */
export function writeScript(kind: ServerKind, script: WriteScript): string {
  return kind === 'mariadb' ? mariadbBlock(script) : mysqlStatements(script);
}

function mariadbBlock({ statements, guards }: WriteScript): string {
  const miss = `SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = ${GUARD_MISSED}, MESSAGE_TEXT = 'dbsync: a guard'`;
  const guard = ({ query, meets }: Guard) =>
    meets === 'changed'
      ? `${statementText(query)}; IF row_count() <> 1 THEN ${miss}; END IF`
      : `IF (${countOf(query)}) <> 1 THEN ${miss}; END IF`;
  return [
    'BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END',
    'START TRANSACTION',
    ...statements,
    ...guards.map(guard),
    'COMMIT',
    'END',
  ].join(';\n');
}

/** Returns the statements for MySQL. The last result is whether they committed. */
function mysqlStatements({ statements, guards }: WriteScript): string {
  const kept = '@dbsync_kept';
  const guard = ({ query, meets }: Guard) =>
    meets === 'changed'
      ? `${statementText(query)}; SET ${kept} = ${kept} AND row_count() = 1`
      : `SET ${kept} = ${kept} AND (${countOf(query)}) = 1`;
  return [
    `SET ${kept} = TRUE, SESSION wait_timeout = ${IDLE_TRANSACTION_S}`,
    'START TRANSACTION',
    ...statements,
    ...guards.map(guard),
    `SET @dbsync_end = IF(${kept}, 'COMMIT', 'ROLLBACK')`,
    'PREPARE dbsync_end FROM @dbsync_end',
    'EXECUTE dbsync_end',
    ENDED,
    `SELECT ${kept} AS kept`,
  ].join(';\n');
}

const ENDED = `SET SESSION wait_timeout = ${IDLE_SESSION_S}`;

/** Frees the locks of a MySQL script that ended in an error. */
export const UNDO_SCRIPT = `ROLLBACK; ${ENDED}`;

function countOf(query: Guard['query']): string {
  return `SELECT count(*) FROM (${statementText(query)}) AS met`;
}
