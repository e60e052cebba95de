import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { fieldKey } from '../columns/column-names.js';
import type { SqlContext } from '../engine/sql-context.js';
import { fieldCell, type MapRow } from './mapped-field.js';
import type { SchemaState } from './schema-state.js';

/**
 * Writes the row of a column before the column is there, so that no other field can take it. The row is marked as not
 * filled, so that the column will be filled; with `filled`, in a table that is new and has no row, it is marked as filled.
 */
export async function recordColumn(
  { db }: SqlContext,
  table: RowTable,
  { field, column, folded }: MapRow,
  { map, unreadableKeys }: SchemaState,
  { filled: isFilled = false, ...options }: CallOptions & { readonly filled?: boolean },
): Promise<void> {
  const key = fieldKey(field);
  const filled = isFilled ? 1 : 0;
  if (map.some((row) => row.table === table && row.field === field)) {
    const row = db.updateTable('sync_columns').set({ filled });
    await row.where('table_name', '=', table).where('field_key', '=', key).execute(options);
    return;
  }
  if (unreadableKeys.has(key)) {
    await db.deleteFrom('sync_columns').where('table_name', '=', table).where('field_key', '=', key).execute(options);
  }
  const values = { table_name: table, field_key: key, field: fieldCell(table, field), column_name: column, folded };
  await db
    .insertInto('sync_columns')
    .values({ ...values, filled, version: 0 })
    .execute(options);
}

/** Notes that no row has a value in overflow that could move into these columns. */
export async function markFilled(
  { db }: SqlContext,
  table: RowTable,
  fields: readonly string[],
  options: CallOptions,
): Promise<void> {
  if (fields.length === 0) return;
  const rows = db.updateTable('sync_columns').set({ filled: 1 });
  await rows.where('table_name', '=', table).where('field_key', 'in', fields.map(fieldKey)).execute(options);
}
