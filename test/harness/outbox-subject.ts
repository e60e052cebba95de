import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { createOutbox } from '@dbsync/core';
import type { Fields, Json, RowTable } from '@dbsync/core/contract';
import { md5Of, type StoredRow, type StoreSubject } from '@dbsync/testkit';
import { snapshotOfFile } from './restored-file.ts';

/** An outbox in a file of its own for each case; its contents are read from its messages. */
export const outboxSubject: StoreSubject = {
  createTarget: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dbsync-outbox-'));
    const file = join(folder, 'state.sqlite');
    const address = { scheme: 'outbox', user: null, password: null, host: '', port: null, path: file };
    return {
      createSink: () => createOutbox({ file, ballastBytes: 0 }).store,
      readRows: async (table) => readRows(file, table),
      remove: async () => rmSync(folder, { recursive: true }),
      keeps: 'messages',
      erases: true,
      reports: true,
      snapshot: () => snapshotOfFile(file),
      plugin: { entry: import.meta.resolve('./outbox-plugin.ts'), address, options: {} },
    };
  },
};

function readRows(file: string, table: RowTable): readonly StoredRow[] {
  using database = new DatabaseSync(file, { readOnly: true });
  if (table === 'contacts') {
    return database
      .prepare('SELECT contact FROM contacts')
      .all()
      .map(({ contact }) => rowOf(idOf(contact)));
  }
  const messages = database
    .prepare('SELECT transaction_id, transaction_body FROM messages JOIN bodies ON message_nr = nr')
    .all();
  if (table === 'transactions') return messages.map((message) => rowOf(idOf(message.transaction_id)));
  const connections = messages.flatMap(({ transaction_body }) =>
    connectionsIn(JSON.parse(String(transaction_body)), 'connections'),
  );
  if (table === 'connections') return connections.map(({ id }) => rowOf(String(id)));
  if (table === 'inbound_calls') return [];
  return connections.flatMap((connection) =>
    listOf(connection, 'recordings').map(({ location }) => rowOf(md5Of(`${connection.id}${location}`))),
  );
}

function connectionsIn(fields: Fields, name: string): readonly Fields[] {
  return listOf(fields, name).flatMap((connection) => [
    connection,
    ...connectionsIn(connection, 'third_party_connections'),
  ]);
}

function listOf(fields: Fields, name: string): readonly Fields[] {
  const list: Json | undefined = fields[name];
  return Array.isArray(list) ? list : [];
}

/** Returns an id. A hash is stored as bytes. */
function idOf(stored: SQLOutputValue | undefined): string {
  return stored instanceof Uint8Array ? Buffer.from(stored).toString('hex') : String(stored);
}

function rowOf(id: string): StoredRow {
  return { id, contactId: null, transactionId: null, connectionId: null, values: {} };
}
