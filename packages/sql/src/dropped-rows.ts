import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { chunksOf } from './chunks.js';
import type { SchemaState } from './schema-state.js';
import type { SqlContext } from './sql-context.js';
import type { TableRows } from './upsert-batch.js';

/**
 * Counts the rows of a committed batch that triggers of other programs kept out of a table, and tells of them: at the first,
 * second, fourth, eighth and so on in the life of a sink. Tables without such a trigger cost nothing.
 */
export async function countDroppedRows(
  context: SqlContext,
  { descriptions }: Pick<SchemaState, 'descriptions'>,
  tables: readonly TableRows[],
  options: CallOptions,
): Promise<void> {
  const { names, droppedRows, notify } = context;
  for (const table of Object.keys(descriptions) as RowTable[]) {
    const triggers = descriptions[table]?.droppingTriggers;
    const written = tables.find((each) => each.table.name === names[table]);
    if (!triggers || written === undefined) continue;
    // The batch has committed: a count that fails must not say otherwise.
    const dropped = await countMissing(context, written, options).catch(() => 0);
    const before = droppedRows.get(table) ?? 0;
    droppedRows.set(table, before + dropped);
    if (dropped === 0 || !passesPowerOfTwo(before, before + dropped)) continue;
    const message = `Rows of ${names[table]} that were not kept: ${before + dropped}. A trigger of another program drops them without an error: ${triggers}. Each complete listing fetches them again.`;
    notify({ level: 'warn', code: 'SQL_ROWS_DROPPED', message });
  }
}

async function countMissing(
  { engine, session }: SqlContext,
  { table, rows }: TableRows,
  options: CallOptions,
): Promise<number> {
  const key = sql.id(table.columns[0]?.name ?? '');
  const ids = Array.from(rows, ([id]) => String(id));
  let found = 0;
  for (const chunk of chunksOf(ids, engine)) {
    const query = sql<{
      id: string;
    }>`select ${key} as id from ${sql.id(table.name)} where ${key} in (${sql.join(chunk)})`;
    found += new Set((await query.execute(session.db, options)).rows.map(({ id }) => id)).size;
  }
  return ids.length - found;
}

function passesPowerOfTwo(before: number, after: number): boolean {
  return before === 0 || Math.floor(Math.log2(after)) > Math.floor(Math.log2(before));
}
