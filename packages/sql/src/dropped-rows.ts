import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { chunksOf } from './chunks.js';
import type { ReadySchema } from './schema-state.js';
import type { SqlContext } from './sql-context.js';
import type { FieldColumn } from './table-plan.js';
import type { TableRows } from './upsert-batch.js';

/**
 * Counts the rows of a committed batch that triggers of other programs kept out of a table, and contacts whose row they kept as it
 * was, and tells of them: at the first, second, fourth, eighth and so on in the life of a sink. Tables without such a trigger cost
 * nothing.
 */
export async function countDroppedRows(
  context: SqlContext,
  { descriptions, plans }: Pick<ReadySchema, 'descriptions' | 'plans'>,
  tables: readonly TableRows[],
  options: CallOptions,
): Promise<void> {
  const { names, droppedRows, notify } = context;
  for (const table of Object.keys(descriptions) as RowTable[]) {
    const triggers = descriptions[table]?.droppingTriggers;
    const written = tables.find((each) => each.table.name === names[table]);
    if (!triggers || written === undefined) continue;
    // The batch has committed: a count that fails must not say otherwise.
    const dropped = await countMissing(context, written, plans[table].proof, options).catch(() => 0);
    const before = droppedRows.get(table) ?? 0;
    droppedRows.set(table, before + dropped);
    if (dropped === 0 || !passesPowerOfTwo(before, before + dropped)) continue;
    const message = `Rows of ${names[table]} that were not kept, or not changed: ${before + dropped}. A trigger of another program drops them without an error: ${triggers}. Each complete listing fetches them again.`;
    notify({ level: 'warn', code: 'SQL_ROWS_DROPPED', message });
  }
}

/** A contact's row that is there, and lacks the proof of this batch, was not written either. */
async function countMissing(
  { engine, session }: SqlContext,
  { table, rows }: TableRows,
  proof: FieldColumn | null,
  options: CallOptions,
): Promise<number> {
  const key = sql.id(table.columns[0]?.name ?? '');
  const proofColumn = proof === null ? sql`null` : sql.id(table.columns[proof.index]?.name ?? '');
  const wanted = new Map(Array.from(rows, (row) => [String(row[0]), proof === null ? null : row[proof.index]]));
  let found = 0;
  for (const chunk of chunksOf([...wanted.keys()], engine)) {
    const query = sql<{ id: string; proof: string | null }>`
      select ${key} as id, ${proofColumn} as proof from ${sql.id(table.name)} where ${key} in (${sql.join(chunk)})`;
    const { rows: stored } = await query.execute(session.db, options);
    found += new Set(stored.filter((row) => row.proof === wanted.get(row.id)).map(({ id }) => id)).size;
  }
  return wanted.size - found;
}

function passesPowerOfTwo(before: number, after: number): boolean {
  return before === 0 || Math.floor(Math.log2(after)) > Math.floor(Math.log2(before));
}
