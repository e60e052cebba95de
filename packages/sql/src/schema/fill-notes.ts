import { type CallOptions, isFields, jsonOrNull, type RowTable } from '@dbsync/core/contract';
import type { Selectable } from 'kysely';
import { fieldKey } from '../columns/column-names.js';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncColumnsTable } from '../engine/sync-tables.js';

/** The table name of notes about fills in `sync_columns`. Rows of the map name a table of rows there. */
const FILL = 'fill';

/** How far columns of a table are filled. A pass goes through the table once, in the order of its keys. */
export interface FillNote {
  readonly table: RowTable;
  /** The fields whose columns the pass fills. */
  readonly fields: readonly string[];
  /** All rows up to this key are done; null: none is. */
  readonly after: string | null;
  /** The number of rows that are done. */
  readonly done: number;
  /** About how many rows the table had when the pass began; null: the database did not say. */
  readonly of: number | null;
}

/** Reads the notes among the rows of `sync_columns`. One that another program damaged counts as none (R36). */
export function fillNotesIn(
  rows: readonly Pick<Selectable<SyncColumnsTable>, 'table_name' | 'column_name' | 'field'>[],
): readonly FillNote[] {
  return rows.flatMap(({ table_name, column_name, field }): FillNote[] => {
    const table = ROW_TABLES.find((candidate) => candidate === column_name);
    const note = table_name === FILL ? jsonOrNull(field) : null;
    if (table === undefined || !isFields(note)) return [];
    const { fields, after = null, done, of = null } = note;
    if (!Array.isArray(fields) || (after !== null && typeof after !== 'string')) return [];
    if (typeof done !== 'number' || (of !== null && typeof of !== 'number')) return [];
    return [{ table, fields: fields.map(String), after, done, of }];
  });
}

/** Keeps the note in place of a former one of the table. */
export async function keepFillNote(
  { db }: SqlContext,
  { table, ...note }: FillNote,
  options: CallOptions,
): Promise<void> {
  const place = { table_name: FILL, field_key: fieldKey(table), column_name: table, folded: table };
  const field = JSON.stringify(note);
  const { numUpdatedRows } = await db
    .updateTable('sync_columns')
    .set((eb) => ({ field, version: eb('version', '+', 1) }))
    .where('table_name', '=', FILL)
    .where('field_key', '=', place.field_key)
    .executeTakeFirst(options);
  if (numUpdatedRows > 0n) return;
  await db
    .insertInto('sync_columns')
    .values({ ...place, field, filled: 1, version: 0 })
    .execute(options);
}

export async function dropFillNote({ db }: SqlContext, table: RowTable, options: CallOptions): Promise<void> {
  await db
    .deleteFrom('sync_columns')
    .where('table_name', '=', FILL)
    .where('field_key', '=', fieldKey(table))
    .execute(options);
}
