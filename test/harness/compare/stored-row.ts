import { digits, type Json, type RowTable } from '@dbsync/core/contract';
import type { StoredRow } from '@dbsync/testkit';
import { parseOverflow } from './stored-overflow.ts';

/** A row as a database returned it, with the meaning of each column. */
export interface ReadRow {
  readonly table: RowTable;
  readonly cells: Readonly<Record<string, Json>>;
  /** Returns the field of a column; undefined: the column has the field's own name. */
  fieldOf(column: string): string | undefined;
}

/** Returns the row in the upstream's terms. */
export function storedRow({ table, cells, fieldOf }: ReadRow): StoredRow {
  const cellText = (column: string | undefined) => (column === undefined ? null : textOf(cells[column]));
  const { id, connection } = PLACES[table];
  const places = table === 'contacts' ? [] : ['id', 'contact_id', 'transaction_id', connection];
  const ofContact = table === 'transactions' || table === 'connections' ? ['campaign_id'] : [];
  const isOurs = new Set(['$changed', '$sync', '$overflow', ...places, ...ofContact]);
  const values: Record<string, Json> = Object.create(null);
  for (const [column, cell] of Object.entries(cells)) {
    if (cell === null || isOurs.has(column)) continue;
    const own = table === 'inbound_calls' ? (RENAMED[column] ?? column) : column;
    values[fieldOf(column) ?? own] = cell;
  }
  const overflow = parseOverflow(textOf(cells.$overflow) ?? '{}') as Record<string, Json>;
  for (const [field, value] of Object.entries(overflow)) values[field] = value;
  return {
    id: cellText(id) ?? '',
    contactId: cellText('contact_id'),
    transactionId: cellText('transaction_id'),
    connectionId: cellText(connection),
    values,
  };
}

/** Reads the text of a number column: a number where that is the same one, else its digits. */
export function numberCell(text: string): Json {
  return String(Number(text)) === text ? Number(text) : digits(text);
}

const PLACES: Readonly<Record<RowTable, { readonly id: string; readonly connection?: string }>> = {
  contacts: { id: '$id' },
  transactions: { id: 'id' },
  connections: { id: 'id', connection: 'parent_connection_id' },
  recordings: { id: 'id', connection: 'connection_id' },
  inbound_calls: { id: 'id' },
};

/** Columns of inbound calls whose field has another name. */
const RENAMED: Readonly<Record<string, string>> = {
  remote_number: 'calling_number',
  line_number: 'called_number',
  started: 'call_time',
  connected: 'connect_time',
  disconnected: 'hangup_time',
};

function textOf(cell: Json | undefined): string | null {
  return typeof cell === 'string' ? cell : null;
}
