import type { RowTable } from '@dbsync/core/contract';
import type { ColumnKind } from '../engine/storage.js';
import type { SyncTables } from '../engine/sync-tables.js';
import { ROW_WORDS, type TableWords } from './row-words.js';
import { SEEN_VALUES, type SeenValues } from './seen-values.js';
import { SYNC_WORDS } from './sync-words.js';
import { VIEW_WORDS, type ViewName } from './view-words.js';

/** A table or a view in the dictionary; views as `v_calls`. */
export type WordedTable = RowTable | keyof SyncTables | `v_${ViewName}`;

/** The one source of the comments in databases and of docs/data-dictionary.md. */
export const DICTIONARY: Readonly<Record<WordedTable, TableWords>> = {
  ...ROW_WORDS,
  ...SYNC_WORDS,
  v_calls: VIEW_WORDS.calls,
  v_inbound: VIEW_WORDS.inbound,
  v_transactions: VIEW_WORDS.transactions,
  v_agents_by_hour: VIEW_WORDS.agents_by_hour,
  v_contacts_now: VIEW_WORDS.contacts_now,
  v_contacts_wide: VIEW_WORDS.contacts_wide,
};

/** Returns the comment of a column; null: the dictionary has no such column. @param kind of a table's column; null: of a view's */
export function columnComment(table: WordedTable, column: string, kind: ColumnKind | null): string | null {
  const means = meaningOf(table, column);
  if (means === null) return null;
  const unit = unitOf(table, column, kind);
  const { sure } = valuesOf(table, column);
  return [
    means,
    ...(unit === null ? [] : [`In ${unit}.`]),
    ...(sure === undefined ? [] : [`Known values: ${sure.join(', ')}.`]),
  ].join(' ');
}

/** Returns the comment of the column of a custom field. @param type the campaign's own word for it */
export function fieldComment(field: string, type: string): string {
  const what = field.startsWith('$') ? 'Field of the API' : 'Custom field of the campaign';
  return `${what}: ${quoted(field)}, of the type ${/^\w{1,40}$/.test(type) ? type : quoted(type)}.`;
}

export function meaningOf(table: WordedTable, column: string): string | null {
  return Object.entries(DICTIONARY[table].columns).find(([name]) => name === column)?.[1] ?? null;
}

export function valuesOf(table: WordedTable, column: string): SeenValues {
  return SEEN_VALUES[`${table}.${column}`] ?? {};
}

const CLOCKS = new Set(['lease_until', 'posted_at', 'forgotten_at', 'kept_at']);

/** Returns the unit or the zone of a column, such as `seconds` or `UTC`; null: it has none. */
export function unitOf(table: WordedTable, column: string, kind: ColumnKind | null): string | null {
  if (CLOCKS.has(column)) return "milliseconds since 1970, by the database's clock";
  if (column === 'duration') return 'milliseconds';
  if (column.endsWith('_sec')) return 'seconds';
  if (table.startsWith('v_') && /_(local|day|hour)$/.test(column)) return 'the zone of --time-zone';
  if (table.startsWith('v_') && /_(at|raw)$/.test(column)) return 'UTC';
  return kind === 'instant' || column === 'first_seen_at' ? 'UTC' : null;
}

const MAX_NAME = 200;

/** Quotes a name of the campaign. Servers keep comments in their own character set, which may lack characters beyond U+FFFF. */
function quoted(name: string): string {
  const text = name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}...` : name;
  return JSON.stringify(text).replace(
    /[\u{10000}-\u{10ffff}]/gu,
    (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
}
