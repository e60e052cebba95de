import type { UpsertBatch } from '@dbsync/sql';
import { qualified, type TableSchema } from './session-path.js';
import { LOCK_TIMEOUT } from './session-settings.js';
import { literal, name } from './statement-text.js';

/**
 * The longest wait for the lock of a table. The server looks for a deadlock when a session has waited for a second
 * (`deadlock_timeout`), and ends the session that looks. By then a write that waits has given up.
 */
const TABLE_LOCK_TIMEOUT = '500ms';

/** Matches a quoted name, and the one after it. */
const QUOTED_PAIR = /("(?:[^"]|"")*")\.("(?:[^"]|"")*")/g;

/**
 * Returns statements that lock all tables of a batch before its transaction waits for anything else. Without them a write that has
 * some of its tables, and a restore or a change that has the others, would wait for each other, and the server would end the
 * restore.
 */
export function lockTables({ schema }: TableSchema, batch: UpsertBatch): string[] {
  const { before = [], rows, statements, guards } = batch;
  const tables = new Set(rows.filter(({ rows }) => rows.length > 0).map(({ table }) => qualified(schema, table.name)));
  for (const { sql } of [...before, ...statements, ...guards.map(({ query }) => query)]) {
    for (const [pair, first] of sql.matchAll(QUOTED_PAIR)) if (first === name(schema)) tables.add(pair);
  }
  if (tables.size === 0) return [];
  const list = Array.from(tables, (table) => `ONLY ${table}`).join(', ');
  return [
    `SET LOCAL lock_timeout = ${literal(TABLE_LOCK_TIMEOUT)}`,
    `LOCK TABLE ${list} IN ROW EXCLUSIVE MODE`,
    `SET LOCAL lock_timeout = ${literal(LOCK_TIMEOUT)}`,
  ];
}
