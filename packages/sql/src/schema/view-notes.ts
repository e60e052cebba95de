import { type CallOptions, isFields, jsonOrNull } from '@dbsync/core/contract';
import type { Selectable } from 'kysely';
import { fieldKey } from '../columns/column-names.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncColumnsTable } from '../engine/sync-tables.js';

/** The table name of notes about views in `sync_columns`. Rows of the map name a table of rows there. */
const VIEW = 'view';

/** The note about a view that dbsync made. */
export interface ViewNote {
  readonly name: string;
  readonly timeZone: string;
  /** The digest of its definition; empty: it is being made. */
  readonly digest: string;
}

/** Reads the notes among the rows of `sync_columns`. One that another program damaged counts as none (R36). */
export function viewNotesIn(
  rows: readonly Pick<Selectable<SyncColumnsTable>, 'table_name' | 'column_name' | 'field'>[],
): readonly ViewNote[] {
  return rows.flatMap(({ table_name, column_name: name, field }): ViewNote[] => {
    const note = table_name === VIEW ? jsonOrNull(field) : null;
    if (!isFields(note) || typeof note.timeZone !== 'string' || typeof note.digest !== 'string') return [];
    return [{ name, timeZone: note.timeZone, digest: note.digest }];
  });
}

/** Keeps the note in place of a former one. */
export async function keepViewNote(
  { db }: SqlContext,
  { name, timeZone, digest }: ViewNote,
  options: CallOptions,
): Promise<void> {
  const place = { table_name: VIEW, field_key: fieldKey(name), column_name: name, folded: name };
  await db.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom('sync_columns')
      .where('table_name', '=', VIEW)
      .where('field_key', '=', place.field_key)
      .execute(options);
    await transaction
      .insertInto('sync_columns')
      .values({ ...place, field: JSON.stringify({ timeZone, digest }), filled: 1, version: 0 })
      .execute(options);
  });
}

export async function dropViewNote({ db }: SqlContext, name: string, options: CallOptions): Promise<void> {
  await db
    .deleteFrom('sync_columns')
    .where('table_name', '=', VIEW)
    .where('field_key', '=', fieldKey(name))
    .execute(options);
}
