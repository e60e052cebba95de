import type { ConnectionNode, ContactTree } from './contact-tree.js';
import type { Fields } from './json.js';

/** The kinds of records, named as their tables are. */
export type RowTable = 'contacts' | 'transactions' | 'connections' | 'recordings' | 'inbound_calls';

/** Keys of `values` that hold records of their own, and so are no columns. */
export const NESTED_KEYS: Readonly<Record<RowTable, readonly string[]>> = {
  contacts: ['$task_log'],
  transactions: ['connections'],
  connections: ['third_party_connections', 'recordings'],
  recordings: [],
  inbound_calls: [],
};

/** One record as a row: its id, the records above it, and its upstream values. */
export interface Row {
  readonly table: RowTable;
  readonly id: string;
  readonly contactId: string;
  /** Only for connections and recordings. */
  readonly transactionId: string | null;
  /** The parent connection of a connection, the connection of a recording. */
  readonly connectionId: string | null;
  readonly values: Fields;
}

/** Yields the rows of one contact, parents first. */
export function* rowsOfContact(tree: ContactTree): Generator<Row, void, undefined> {
  const { contactId } = tree;
  yield { table: 'contacts', id: contactId, contactId, transactionId: null, connectionId: null, values: tree.values };
  for (const { id, values, connections } of tree.transactions) {
    yield { table: 'transactions', id, contactId, transactionId: null, connectionId: null, values };
    for (const connection of connections) yield* rowsOfConnection(connection, contactId, id);
  }
}

function* rowsOfConnection(node: ConnectionNode, contactId: string, transactionId: string): Generator<Row> {
  const { id, parentId, values } = node;
  yield { table: 'connections', id, contactId, transactionId, connectionId: parentId, values };
  for (const recording of node.recordings) {
    yield {
      table: 'recordings',
      id: recording.id,
      contactId,
      transactionId,
      connectionId: id,
      values: recording.values,
    };
  }
}
