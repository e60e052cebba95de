import type { RowTable } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import type { UpsertTable } from '../engine/upsert-batch.js';
import type { ReadySchema } from '../schema/schema-state.js';

/**
 * Reports rows of a committed batch that triggers of other programs did not let into a table, or did not let change. An
 * open sink reports the first, second, fourth, eighth such row and so on.
 */
export function tellDroppedRows(
  { names, droppedRows, notify }: Pick<SqlContext, 'names' | 'droppedRows' | 'notify'>,
  { descriptions, plans }: Pick<ReadySchema, 'descriptions' | 'plans'>,
  dropped: ReadonlyMap<UpsertTable, number> = new Map(),
): void {
  for (const table of Object.keys(descriptions) as RowTable[]) {
    const count = dropped.get(plans[table]) ?? 0;
    const before = droppedRows.get(table) ?? 0;
    droppedRows.set(table, before + count);
    if (count === 0 || !passesPowerOfTwo(before, before + count)) continue;
    const triggers = descriptions[table]?.droppingTriggers;
    const message = `Rows of ${names[table]} that the database did not store or change: ${before + count}. A trigger of another program drops them without an error: ${triggers}. After each complete listing dbsync fetches the contacts of these rows again.`;
    notify({ level: 'warn', code: 'SQL_ROWS_DROPPED', message });
  }
}

function passesPowerOfTwo(before: number, after: number): boolean {
  return before === 0 || Math.floor(Math.log2(after)) > Math.floor(Math.log2(before));
}
