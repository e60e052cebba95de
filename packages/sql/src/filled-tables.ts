import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { SchemaState } from './schema-state.js';
import type { SqlContext } from './sql-context.js';
import { ROW_TABLES } from './upstream-columns.js';

/** The tables that hold a row, of whatever campaign. Each is asked for one row only. */
export async function filledTables(
  { engine, names, session }: SqlContext,
  { descriptions }: Pick<SchemaState, 'descriptions'>,
  options: CallOptions,
): Promise<readonly RowTable[]> {
  const filled: RowTable[] = [];
  for (const table of ROW_TABLES) {
    if (descriptions[table] === undefined) continue;
    const query = sql`select 1 as found from ${sql.id(names[table])} order by 1 ${engine.types.firstRows(1)}`;
    if ((await query.execute(session.db, options)).rows.length > 0) filled.push(table);
  }
  return filled;
}
