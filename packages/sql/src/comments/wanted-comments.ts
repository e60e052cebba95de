import type { Field, RowTable } from '@dbsync/core/contract';
import { isUpstreamField, ownColumn } from '../columns/table-plan.js';
import { ROW_TABLES, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { CommentKeeper } from '../engine/engine-comments.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncTables } from '../engine/sync-tables.js';
import { SYNC_TABLES } from '../schema/create-tables.js';
import type { SchemaState } from '../schema/schema-state.js';
import { wideColumns } from '../views/contact-views.js';
import { mappedInOrder } from '../views/planned-views.js';
import { marked } from '../words/comment-text.js';
import { columnComment, DICTIONARY, fieldComment, type WordedTable } from '../words/dictionary.js';
import { VIEW_WORDS, type ViewName, viewName } from '../words/view-words.js';

/** The comments of one table or view, by column; the one of the table itself under the empty name. */
export interface WantedTable {
  readonly name: string;
  readonly comments: ReadonlyMap<string, string>;
  /** Columns that have the comment of a column of contacts, by their names. */
  readonly sameAs: ReadonlyMap<string, string>;
}

/** Returns the comments that the tables and views of a copy are to have, with their marks. Fields that are not listed get none. */
export function wantedComments(
  context: SqlContext,
  { maxBytesPerTable }: CommentKeeper,
  state: SchemaState,
  fields: readonly Field[],
): readonly WantedTable[] {
  return [
    ...ROW_TABLES.map((table) => rowTable(context, state, table, fields)),
    ...(Object.keys(SYNC_TABLES) as (keyof SyncTables)[]).map((table) => syncTable(context, table)),
    ...state.views.flatMap(({ name }) => viewOf(context, state, name)),
  ].map((table) => withinBytes(table, maxBytesPerTable));
}

function rowTable(
  { engine, names }: SqlContext,
  { descriptions, map }: SchemaState,
  table: RowTable,
  fields: readonly Field[],
): WantedTable {
  const columns = descriptions[table]?.columns ?? [];
  /** Columns that dbsync does not write have no value of their field. */
  const isWritten = (type: string) => engine.types.storageOf(type, null).holds !== 'unknown';
  const comments = tableComments(table);
  const ofTable = map.filter((row) => row.table === table);
  for (const spec of UPSTREAM_COLUMNS[table]) {
    const found = ownColumn(spec, columns, ofTable, engine.types);
    if (found !== null) add(comments, found.name, columnComment(table, spec.name, spec.kind));
  }
  const typeOf = new Map(fields.map(({ name, type }) => [name, type]));
  for (const { field, column } of ofTable) {
    const found = columns.find(({ name }) => name === column);
    const type = typeOf.get(field);
    if (found === undefined || type === undefined || isUpstreamField(table, field) || !isWritten(found.type)) continue;
    add(comments, column, fieldComment(field, type));
  }
  return { name: names[table], comments, sameAs: new Map() };
}

function syncTable({ names }: SqlContext, table: keyof SyncTables): WantedTable {
  const comments = tableComments(table);
  for (const { name, kind } of SYNC_TABLES[table].columns) add(comments, name, columnComment(table, name, kind));
  return { name: names[table], comments, sameAs: new Map() };
}

function viewOf({ settings }: SqlContext, state: SchemaState, name: string): readonly WantedTable[] {
  const view = (Object.keys(VIEW_WORDS) as ViewName[]).find((each) => name === viewName(settings, each));
  if (view === undefined) return [];
  const comments = tableComments(`v_${view}`);
  for (const column of Object.keys(VIEW_WORDS[view].columns))
    add(comments, column, columnComment(`v_${view}`, column, null));
  const custom = view === 'contacts_wide' ? wideColumns(mappedInOrder(state)) : [];
  return [{ name, comments, sameAs: new Map(custom) }];
}

function tableComments(table: WordedTable): Map<string, string> {
  return new Map([['', marked(DICTIONARY[table].means)]]);
}

function add(comments: Map<string, string>, column: string, text: string | null): void {
  if (text !== null) comments.set(column, marked(text));
}

function withinBytes(table: WantedTable, maxBytes: number): WantedTable {
  let bytes = 0;
  const fits = ([, comment]: readonly [string, string]) => {
    bytes += Buffer.byteLength(comment);
    return bytes <= maxBytes;
  };
  return { ...table, comments: new Map([...table.comments].filter(fits)) };
}
