import { type CallOptions, isFields, jsonOrNull, type RowTable } from '@dbsync/core/contract';
import type { Selectable } from 'kysely';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncColumnsTable } from '../engine/sync-tables.js';
import { dropNote, type KeptNote, keepNote, replaceNote } from './kept-notes.js';

/** The kind of these notes. */
const FILL = 'fill';

/** The progress of filling columns of a table. A pass goes through the table once, in the order of its keys. */
export interface FillNote {
  readonly table: RowTable;
  /** The fields whose columns the pass fills. */
  readonly fields: readonly string[];
  /** The types of these columns when the pass began. Empty: the release before wrote the note. */
  readonly types: readonly string[];
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
    const { fields, types = [], after = null, done, of = null } = note;
    if (!Array.isArray(fields) || !Array.isArray(types) || (after !== null && typeof after !== 'string')) return [];
    if (typeof done !== 'number' || (of !== null && typeof of !== 'number')) return [];
    return [{ table, fields: fields.map(String), types: types.map(String), after, done, of }];
  });
}

/** Keeps the note in place of a former one of the table. */
export function keepFillNote(context: SqlContext, note: FillNote, options: CallOptions): Promise<void> {
  return keepNote(context, keptNote(note), options);
}

/** Does the same, but only where the table has a note: another process may have ended the pass meanwhile. */
export async function moveFillNote(context: SqlContext, note: FillNote, options: CallOptions): Promise<void> {
  await replaceNote(context, keptNote(note), options);
}

function keptNote({ table, ...note }: FillNote): KeptNote {
  return { kind: FILL, name: table, text: JSON.stringify(note) };
}

export function dropFillNote(context: SqlContext, table: RowTable, options: CallOptions): Promise<void> {
  return dropNote(context, { kind: FILL, name: table }, options);
}
