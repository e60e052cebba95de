import type { TruthLine } from '@dbsync/simulator';
import type { ColumnKind } from './exact-cells.ts';

/** A table of rows, as the truth names it. */
export type CopyTable = Exclude<TruthLine['table'], 'dead_letters'>;

export const COPY_TABLES: readonly CopyTable[] = [
  'contacts',
  'transactions',
  'connections',
  'recordings',
  'inbound_calls',
];

/** A row as it was read back, by the names of its columns. */
export type CopyRow = Readonly<Record<string, unknown>>;

/** A copy that a sink made, read by other means than the sink's own. */
export interface StoredCopy {
  count(table: CopyTable): Promise<number>;
  /** Returns the rows of these ids, each as often as it is there. */
  rowsOf(table: CopyTable, ids: readonly string[]): Promise<readonly CopyRow[]>;
  /** Yields the ids of all rows, in any order. */
  ids(table: CopyTable): AsyncIterable<string>;
  columns(table: CopyTable): CopyColumns;
  /** Returns all dead letters at once, since there are few. */
  deadLetters(): Promise<readonly StoredDeadLetter[]>;
}

export interface StoredDeadLetter {
  readonly kind: string;
  readonly contactId: string | null;
  /** The record as JSON text. */
  readonly body: string;
}

/** Reads a row of the table of dead letters. */
export function storedDeadLetter({ kind, contact_id: contactId, body }: CopyRow): StoredDeadLetter {
  return { kind: String(kind), contactId: typeof contactId === 'string' ? contactId : null, body: String(body) };
}

export interface CopyColumns {
  /** Returns the column that holds an upstream field; undefined: the field has none. */
  columnOf(field: string): string | undefined;
  kindOf(column: string): ColumnKind;
}

/** Returns the column of a row's id. */
export function idColumnOf(table: CopyTable): string {
  return table === 'contacts' ? '$id' : 'id';
}

/** Fields of inbound calls that are stored under another name. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['calling_number', 'remote_number'],
  ['called_number', 'line_number'],
  ['call_time', 'started'],
  ['connect_time', 'connected'],
  ['hangup_time', 'disconnected'],
]);

const OURS = new Set(['$changed', '$sync', '$overflow']);

/**
 * Finds columns by the map that the copy keeps beside its tables; a field that is not in it has the column of its own
 * name, if that is one of the upstream's.
 *
 * @param columns the table's own, with their kinds
 * @param map the custom fields' columns
 */
export function copyColumns(
  table: CopyTable,
  columns: ReadonlyMap<string, ColumnKind>,
  map: ReadonlyMap<string, string>,
): CopyColumns {
  return {
    columnOf: (field) => {
      const mapped = map.get(field);
      if (mapped !== undefined) return columns.has(mapped) ? mapped : undefined;
      const own = ownColumn(table, field);
      return own !== undefined && columns.has(own) ? own : undefined;
    },
    kindOf: (column) => columns.get(column) ?? 'text',
  };
}

function ownColumn(table: CopyTable, field: string): string | undefined {
  if (OURS.has(field)) return undefined;
  if (table === 'contacts') return field.startsWith('$') ? field : undefined;
  if (table !== 'inbound_calls') return field;
  const isTarget = [...RENAMED.values()].includes(field);
  return RENAMED.get(field) ?? (isTarget ? undefined : field);
}

/** True for columns of times by their name, for engines whose types do not tell. */
export function isInstantColumn(table: CopyTable, column: string): boolean {
  return INSTANTS[table].has(column);
}

const INSTANTS: Readonly<Record<CopyTable, ReadonlySet<string>>> = {
  contacts: new Set(['$created_date', '$entry_date', '$follow_up_date']),
  transactions: new Set(['fired', 'entry_date', 'created_date']),
  connections: new Set(
    'fired started initiated connected disconnected ended call_initiated call_connected call_disconnected'.split(' '),
  ),
  recordings: new Set(['started', 'stopped']),
  inbound_calls: new Set(['started', 'connected', 'disconnected', 'connectable_time']),
};
