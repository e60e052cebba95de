import type { CallOptions } from '@dbsync/core/contract';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import { missingSyncTables, SYNC_TABLES } from '../stream/missing-sync-tables.js';

/** Returns the tables of a copy, by their names in the database; empty where one of them is missing. */
export async function copyTables(context: SqlContext, options: CallOptions): Promise<readonly string[]> {
  const { names, session } = context;
  if ((await missingSyncTables(context, options)).length > 0) return [];
  for (const table of ROW_TABLES) {
    if ((await session.schema.describe(names[table], options)) === null) return [];
  }
  return [...ROW_TABLES, ...SYNC_TABLES].map((table) => names[table]);
}
