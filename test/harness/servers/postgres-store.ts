import type { Json, RowTable, SinkTarget, StoreSink } from '@dbsync/core/contract';
import type { StoredRow, StoreSubject } from '@dbsync/testkit';
import pg from 'pg';
import { numberCell, storedRow } from '../compare/stored-row.ts';
import { postgresDamage } from '../postgres-damage.ts';
import { databaseContents } from './database-contents.ts';
import { createTestDatabase, dropTestDatabase } from './postgres-database.ts';
import { withClient } from './postgres-server.ts';
import { type RowReader, serverSubject } from './server-store.ts';

/** Creates and drops the databases of the cases. */
export interface CaseDatabases {
  createDatabase(): Promise<string>;
  dropDatabase(url: string): Promise<void>;
}

/** Returns the PostgreSQL sink under test, each case in a database of its own. */
export function postgresSubject(
  createSink: (target: SinkTarget) => StoreSink,
  databases: CaseDatabases = { createDatabase: createTestDatabase, dropDatabase: dropTestDatabase },
): StoreSubject {
  return serverSubject({
    createSink,
    plugin: '@dbsync/sink-postgres',
    defaultPort: 5432,
    ...databases,
    damage: postgresDamage,
    openReader,
    contents: databaseContents,
    snapshot,
  });
}

async function snapshot(url: string): Promise<() => Promise<void>> {
  const tables = await withClient(url, async (client) => {
    const names = await client.query<{ name: string }>(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    await client.query('CREATE SCHEMA kept');
    for (const { name } of names.rows) await client.query(`CREATE TABLE kept.${name} AS TABLE public.${name}`);
    return names.rows.map(({ name }) => name);
  });
  return () =>
    withClient(url, async (client) => {
      await client.query('BEGIN; SET LOCAL session_replication_role = replica');
      for (const name of tables) await client.query(`DELETE FROM public.${name}`);
      for (const name of tables) await client.query(`INSERT INTO public.${name} TABLE kept.${name}`);
      await client.query('COMMIT');
    });
}

async function openReader(url: string): Promise<RowReader> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: parserOf } });
  await client.connect();
  await client.query("SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'");
  return {
    readRows: (table) => readRows(client, table),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

async function readRows(client: pg.Client, table: RowTable): Promise<readonly StoredRow[]> {
  const map = await client.query<{ column_name: string; field: string }>(
    'SELECT column_name, field FROM mcall_sync_columns WHERE table_name = $1',
    [table],
  );
  const fields = new Map(map.rows.map((row) => [row.column_name, JSON.parse(row.field) as string]));
  const { rows } = await client.query<Record<string, Json>>(`SELECT * FROM mcall_${table}`);
  return rows.map((cells) => storedRow({ table, cells, fieldOf: (column) => fields.get(column) }));
}

/** Returns a parser. Numbers keep their digits; times stay text. */
function parserOf(oid: number): (text: string) => Json {
  if (oid === pg.types.builtins.BOOL) return (text) => text === 't';
  const isNumber = oid === pg.types.builtins.NUMERIC || oid === pg.types.builtins.INT8;
  return isNumber ? numberCell : (text) => text;
}
