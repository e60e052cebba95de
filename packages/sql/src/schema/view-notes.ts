import { type CallOptions, isFields, jsonOrNull } from '@dbsync/core/contract';
import type { Selectable } from 'kysely';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncColumnsTable } from '../engine/sync-tables.js';
import { dropNote, keepNote } from './kept-notes.js';

/** The kind of these notes. */
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
export function keepViewNote(context: SqlContext, { name, ...note }: ViewNote, options: CallOptions): Promise<void> {
  return keepNote(context, { kind: VIEW, name, text: JSON.stringify(note) }, options);
}

export function dropViewNote(context: SqlContext, name: string, options: CallOptions): Promise<void> {
  return dropNote(context, { kind: VIEW, name }, options);
}
