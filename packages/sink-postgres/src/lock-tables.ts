import type { UpsertBatch } from '@dbsync/sql';
import type pg from 'pg';
import { qualified, type TableSchema } from './session-path.js';
import { LOCK_TIMEOUT_S } from './session-settings.js';
import { literal, name } from './statement-text.js';

/**
 * The longest wait for a table while others are locked. The server looks for a deadlock when a session has waited for a second
 * (`deadlock_timeout`), and ends the session that looks. By then a write that waits has given up.
 */
const TOGETHER_MS = 500;

/** The SQLSTATE of a wait for a lock that took too long. */
export const LOCK_TIMED_OUT = '55P03';

/** Matches a quoted name, and the one after it. */
const QUOTED_PAIR = /("(?:[^"]|"")*")\.("(?:[^"]|"")*")/g;

/** Returns the tables that a batch reads and writes, with their schema. */
export function tablesOf({ schema }: TableSchema, batch: UpsertBatch): readonly string[] {
  const { before = [], rows, statements, guards, readByKeys = [] } = batch;
  const written = rows.filter(({ rows }) => rows.length > 0).map(({ table }) => table.name);
  const tables = new Set([...written, ...readByKeys].map((table) => qualified(schema, table)));
  for (const { sql } of [...before, ...statements, ...guards.map(({ query }) => query)]) {
    for (const [pair, first] of sql.matchAll(QUOTED_PAIR)) if (first === name(schema)) tables.add(pair);
  }
  return [...tables];
}

/**
 * Returns statements that lock all tables of a batch before its transaction waits for anything else. Without them a write that has
 * some of its tables, and a restore or a change that has the others, would wait for each other, and the server would end the
 * restore.
 */
export function lockTogether(tables: readonly string[]): readonly string[] {
  if (tables.length === 0) return [];
  return [
    `SET LOCAL lock_timeout = ${literal(`${TOGETHER_MS}ms`)}`,
    lock(tables),
    `SET LOCAL lock_timeout = ${literal(`${LOCK_TIMEOUT_S}s`)}`,
  ];
}

/** Waits for each of the tables, as long as the session may. It has no other lock meanwhile, so no other session waits for it. */
export async function waitForEach(client: pg.ClientBase, tables: readonly string[]): Promise<void> {
  for (const table of tables) await client.query(`${lock([table])}; SELECT`);
}

/** Writes take the same lock: they wait for changes of the tables, and not for one another. */
function lock(tables: readonly string[]): string {
  return `LOCK TABLE ${tables.map((table) => `ONLY ${table}`).join(', ')} IN ROW EXCLUSIVE MODE`;
}
