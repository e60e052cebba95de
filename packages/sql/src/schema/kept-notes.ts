import type { CallOptions } from '@dbsync/core/contract';
import { fieldKey } from '../columns/column-names.js';
import type { SqlContext } from '../engine/sql-context.js';

/** A note in `sync_columns`, beside the map: rows of the map name a table of rows in `table_name`. */
export interface KeptNote {
  /** The kind of the note, in `table_name`. */
  readonly kind: 'fill' | 'view';
  /** Names the note among those of its kind. */
  readonly name: string;
  /** The note as JSON. */
  readonly text: string;
}

/** Another process may add the note, and a third one remove it again, each time. */
const MAX_ATTEMPTS = 10;

/** Keeps the note in place of a former one. Several processes may do so at once: the last one wins. */
export async function keepNote(context: SqlContext, note: KeptNote, options: CallOptions): Promise<void> {
  for (let attempt = 1; !(await replaceNote(context, note, options)); attempt += 1) {
    try {
      await addNote(context, note, options);
      return;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function addNote({ db }: SqlContext, { kind, name, text }: KeptNote, options: CallOptions): Promise<void> {
  const cells = { table_name: kind, field_key: fieldKey(name), column_name: name, folded: name };
  await db
    .insertInto('sync_columns')
    .values({ ...cells, field: text, filled: 1, version: 0 })
    .execute(options);
}

/** Keeps the note in place of a former one, where there is one. Returns whether there was. */
export async function replaceNote(
  { db }: SqlContext,
  { kind, name, text }: KeptNote,
  options: CallOptions,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sync_columns')
    .set((eb) => ({ field: text, version: eb('version', '+', 1) }))
    .where('table_name', '=', kind)
    .where('field_key', '=', fieldKey(name))
    .executeTakeFirst(options);
  return numUpdatedRows > 0n;
}

export async function dropNote(
  { db }: SqlContext,
  { kind, name }: Pick<KeptNote, 'kind' | 'name'>,
  options: CallOptions,
): Promise<void> {
  await db
    .deleteFrom('sync_columns')
    .where('table_name', '=', kind)
    .where('field_key', '=', fieldKey(name))
    .execute(options);
}
