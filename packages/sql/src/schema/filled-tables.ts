import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import { tableId } from '../engine/table-id.js';
import type { SchemaState } from './schema-state.js';

/** Returns the tables that hold a row, of any campaign. Reads at most one row of each. */
export async function filledTables(
  context: SqlContext,
  { descriptions }: Pick<SchemaState, 'descriptions'>,
  options: CallOptions,
): Promise<readonly RowTable[]> {
  const { engine, names, session } = context;
  const filled: RowTable[] = [];
  for (const table of ROW_TABLES) {
    if (descriptions[table] === undefined) continue;
    const query = sql`select 1 as found from ${tableId(context, names[table])} order by 1 ${engine.types.firstRows(1)}`;
    if ((await query.execute(session.db, options)).rows.length > 0) filled.push(table);
  }
  return filled;
}
