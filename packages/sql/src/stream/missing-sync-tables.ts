import { type CallOptions, SinkError } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncTables } from '../engine/sync-tables.js';

/** The tables that dbsync keeps beside the rows. */
export const SYNC_TABLES = [
  'sync_state',
  'sync_columns',
  'sync_requests',
  'dead_letters',
] as const satisfies readonly (keyof SyncTables)[];

/** Returns those of these tables that are missing. */
export async function missingSyncTables(
  { names, session }: SqlContext,
  options: CallOptions,
): Promise<readonly (keyof SyncTables)[]> {
  const missing: (keyof SyncTables)[] = [];
  for (const table of SYNC_TABLES) {
    if ((await session.schema.describe(names[table], options)) === null) missing.push(table);
  }
  return missing;
}

/** True where none of these tables is there. */
export function areAll(missing: readonly (keyof SyncTables)[]): boolean {
  return missing.length === SYNC_TABLES.length;
}

/** Throws for a command that makes no tables. @throws a fatal SinkError where none of these tables is there */
export async function refuseMissingCopy(context: SqlContext, options: CallOptions): Promise<void> {
  if (!areAll(await missingSyncTables(context, options))) return;
  const message = `There is no copy of dbsync: ${context.names.sync_state} is missing, and this command creates no tables`;
  throw new SinkError('SQL_COPY_MISSING', message, { verdict: 'fatal', outcome: 'not-committed' });
}

/**
 * Returns the error of a call, or `SQL_TABLES_MISSING` where one of these tables is gone. SQLite has no code for a
 * missing table: without this the error would be unknown, and the call would be repeated for ten minutes.
 */
export async function blameMissingTables(
  context: SqlContext,
  error: SinkError,
  options: CallOptions,
): Promise<SinkError> {
  if (!error.isUnclassified || error.connectionLost || error.outcome === 'unknown') return error;
  try {
    const missing = await missingSyncTables(context, options);
    if (missing.length === 0) return error;
    const message = `${error.message}. Missing: ${missing.map((table) => context.names[table]).join(', ')}`;
    const details = { verdict: 'fatal', outcome: 'not-committed' } as const;
    return new SinkError('SQL_TABLES_MISSING', message, { ...details, cause: error.cause });
  } catch {
    // The first error counts.
    return error;
  }
}
