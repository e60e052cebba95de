import { passes, type TransactionFilter } from '../campaign/transaction-filter.js';
import { transactionSlots } from '../contact/contact-record.js';
import { type Json, type JsonObject, objectsIn } from '../contact/json.js';
import { connectionId, isText, recordingId, transactionIds } from './record-ids.js';

/** A row that a perfect copy holds. */
export interface TruthRow {
  readonly table: 'contacts' | 'transactions' | 'connections' | 'recordings' | 'inbound_calls';
  readonly id: string;
  readonly contactId: string | null;
  /** The values of columns that follow from the record's place. */
  readonly derived: Readonly<Record<string, string | null>>;
  /** The upstream's values, nested records left out. */
  readonly values: JsonObject;
  /** Set where the API no longer has the record: a copy may hold it, or may never have seen it. */
  readonly gone?: true;
}

/** A record that cannot be a row, or a contact whose body cannot be had. */
export interface TruthDeadLetter {
  readonly table: 'dead_letters';
  readonly kind: 'transaction' | 'connection' | 'recording' | 'inbound-call' | 'fetch';
  readonly contactId: string | null;
  /** The record with all records below it; null where there is none. */
  readonly record: Json;
}

/** One line of the truth. */
export type TruthLine = TruthRow | TruthDeadLetter;

/** A line and its record, which keeps its identity while the contact changes. */
export interface RecordLine {
  readonly record: JsonObject;
  readonly line: TruthLine;
}

/**
 * Returns the rows of a contact, parents first, and the records that cannot be rows. Ids are those of the whole log: a
 * record that the filter drops still takes its own.
 */
export function contactRows(contactId: string, contact: JsonObject, filter: TransactionFilter): RecordLine[] {
  const { $task_log: _, ...values } = contact;
  const row: TruthRow = { table: 'contacts', id: contactId, contactId, derived: {}, values };
  const lines: RecordLine[] = [{ record: contact, line: row }];
  const ids = transactionIds(contactId, contact);
  const connectionIds = new Set<string>();
  for (const { record } of transactionSlots(contact)) {
    const ofTransaction: RecordLine[] = [];
    addTransaction(record, ids.get(record), { contactId, lines: ofTransaction, connectionIds });
    if (passes(record, filter)) lines.push(...ofTransaction);
  }
  return lines;
}

interface Walk {
  readonly contactId: string;
  readonly lines: RecordLine[];
  readonly connectionIds: Set<string>;
}

function addTransaction(record: JsonObject, id: string | undefined, walk: Walk): void {
  const { contactId, lines } = walk;
  if (id === undefined) {
    lines.push({ record, line: { table: 'dead_letters', kind: 'transaction', contactId, record } });
    return;
  }
  const { connections: _, ...values } = record;
  lines.push({ record, line: { table: 'transactions', id, contactId, derived: { contact_id: contactId }, values } });
  let before: string | null = null;
  for (const connection of objectsIn(record.connections)) {
    const parent: string | null = connection.technology === 'transfer' ? before : null;
    before = addConnection(connection, id, parent, walk) ?? before;
  }
}

function addConnection(
  record: JsonObject,
  transactionId: string,
  parentId: string | null,
  walk: Walk,
): string | undefined {
  const { contactId, lines } = walk;
  if (!isText(record.id)) {
    lines.push({ record, line: { table: 'dead_letters', kind: 'connection', contactId, record } });
    return undefined;
  }
  const id = connectionId(record.id, transactionId, walk.connectionIds);
  const { third_party_connections: _, recordings: __, ...values } = record;
  const derived = { transaction_id: transactionId, contact_id: contactId, parent_connection_id: parentId };
  lines.push({ record, line: { table: 'connections', id, contactId, derived, values } });
  for (const recording of objectsIn(record.recordings)) addRecording(recording, id, walk);
  for (const third of objectsIn(record.third_party_connections)) addConnection(third, transactionId, id, walk);
  return id;
}

function addRecording(record: JsonObject, connection: string, { contactId, lines }: Walk): void {
  const id = recordingId(connection, record);
  if (id === undefined) {
    lines.push({ record, line: { table: 'dead_letters', kind: 'recording', contactId, record } });
    return;
  }
  const derived = { contact_id: contactId, connection_id: connection };
  lines.push({ record, line: { table: 'recordings', id, contactId, derived, values: record } });
}
