import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { fieldKey } from '../columns/column-names.js';
import type { SqlContext } from '../engine/sql-context.js';
import { fieldCell, type MapRow } from './mapped-field.js';
import { type SchemaState, versionGuard } from './schema-state.js';

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
    await marking(db, table, [field], filled).execute(options);
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
  if (fields.length > 0) await marking(db, table, fields, 1).execute(options);
}

/**
 * Notes the same, unless the map has another version by now than when the tables were read. Returns whether it did, or had
 * nothing to note.
 */
export async function markFilledAt(
  context: SqlContext,
  state: SchemaState,
  table: RowTable,
  fields: readonly string[],
  options: CallOptions,
): Promise<boolean> {
  if (fields.length === 0) return true;
  const statements = [marking(context.db, table, fields, 1).compile()];
  const batch = { rows: [], statements, guards: [versionGuard(context, state)], watched: new Set<string>() };
  return (await context.session.upsert(batch, options)).committed;
}

/** Notes that rows may have values in overflow that could move into these columns. */
export async function markUnfilled(
  { db }: SqlContext,
  table: RowTable,
  fields: readonly string[],
  options: CallOptions,
): Promise<void> {
  if (fields.length > 0) await marking(db, table, fields, 0).execute(options);
}

function marking(db: SqlContext['db'], table: RowTable, fields: readonly string[], filled: 0 | 1) {
  const rows = db.updateTable('sync_columns').set({ filled });
  return rows.where('table_name', '=', table).where('field_key', 'in', fields.map(fieldKey));
}

/** Makes every write stale that was prepared before, in this process and in all others. */
export async function moveVersion(db: SqlContext['db'], options: CallOptions): Promise<void> {
  await db
    .updateTable('sync_columns')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('table_name', '=', '')
    .execute(options);
}
