import type { CallOptions, RowCount } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { ROW_TABLES } from './columns/upstream-columns.js';
import type { SqlContext } from './engine/sql-context.js';
import { tableId } from './engine/table-id.js';
import { ifAllowed } from './refusal.js';
import { storedCount } from './stream/stored-whole.js';

/** A table with up to this many rows is counted exactly, which takes some tenths of a second. */
const COUNTED = 100_000;

/**
 * Counts the rows of the five tables: small ones exactly, larger ones by the engine's own estimate. A table that the account
 * may not read is left out.
 */
export async function countRows(context: SqlContext, options: CallOptions): Promise<readonly RowCount[]> {
  const { names, session } = context;
  const counts: RowCount[] = [];
  for (const kind of ROW_TABLES) {
    const table = names[kind];
    if ((await session.schema.describe(table, options)) === null) continue;
    const rows = await ifAllowed(context, () => countUpTo(context, table, options));
    if (rows === null) continue;
    const isEstimate = rows > COUNTED;
    const estimate = isEstimate ? await session.schema.estimateRows(table, options) : null;
    counts.push({ kind, table, rows: Math.max(Math.min(rows, COUNTED), estimate ?? 0), isEstimate });
  }
  return counts;
}

async function countUpTo(context: SqlContext, table: string, options: CallOptions): Promise<number> {
  const { engine, session } = context;
  const { rows } = await sql<{ amount: number | string | bigint }>`
    select count(*) as amount from (
      select 1 as found from ${tableId(context, table)} order by 1 ${engine.types.firstRows(COUNTED + 1)}
    ) counted`.execute(session.db, options);
  return storedCount(rows[0]?.amount);
}
