import type { ContactTree, Json, RowTable, SinkTarget, StoreSink } from '@dbsync/core/contract';
import {
  type StoredRow,
  type StoreSubject,
  type StoreTarget,
  sampleContact,
  sampleTransaction,
} from '@dbsync/core/testkit';
import pg from 'pg';
import { createTestDatabase, dropTestDatabase } from './postgres-database.ts';
import { postgresTarget } from './postgres-target.ts';
import { numberCell, storedRow } from './stored-row.ts';

/** The PostgreSQL sink under test, each case in a database of its own. */
export function postgresSubject(createSink: (target: SinkTarget) => StoreSink): StoreSubject {
  return {
    async createTarget(): Promise<StoreTarget> {
      const url = await createTestDatabase();
      const target = postgresTarget(url);
      const { host, port } = target.address;
      return {
        createSink: () => createSink(target),
        readRows: (table) => readRows(url, table),
        remove: () => dropTestDatabase(url),
        plugin: { ...target, entry: import.meta.resolve('@dbsync/sink-postgres') },
        server: {
          host,
          port: port ?? 5432,
          createSinkAt: (at) => createSink({ ...target, address: { ...target.address, host: '127.0.0.1', port: at } }),
        },
        refusedContact,
      };
    },
  };
}

/** An id that no key can hold. */
function refusedContact(contactId: string): ContactTree {
  const transaction = { ...sampleTransaction(contactId, 1), id: 'x'.repeat(300) };
  return sampleContact(contactId, { transactions: [transaction] });
}

async function readRows(url: string, table: RowTable): Promise<readonly StoredRow[]> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: parserOf } });
  await client.connect();
  try {
    await client.query("SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'");
    const map = await client.query<{ column_name: string; field: string }>(
      'SELECT column_name, field FROM mcall_sync_columns WHERE table_name = $1',
      [table],
    );
    const fields = new Map(map.rows.map((row) => [row.column_name, JSON.parse(row.field) as string]));
    const { rows } = await client.query<Record<string, Json>>(`SELECT * FROM mcall_${table}`);
    return rows.map((cells) => storedRow({ table, cells, fieldOf: (column) => fields.get(column) }));
  } finally {
    await client.end();
  }
}

/** Numbers keep their digits; times stay text. */
function parserOf(oid: number): (text: string) => Json {
  if (oid === pg.types.builtins.BOOL) return (text) => text === 't';
  const isNumber = oid === pg.types.builtins.NUMERIC || oid === pg.types.builtins.INT8;
  return isNumber ? numberCell : (text) => text;
}
