import type { Json, RowTable, SinkTarget, StoreSink } from '@dbsync/core/contract';
import type { StoredRow, StoreSubject } from '@dbsync/testkit';
import { type Connection, createConnection, escapeId, type RowDataPacket } from 'mysql2/promise';
import { numberCell, storedRow } from '../compare/stored-row.ts';
import { mysqlDamage } from '../mysql-damage.ts';
import { databaseContents } from './database-contents.ts';
import { type RowReader, serverSubject } from './server-store.ts';

export interface MysqlDatabases {
  /** Creates an empty database; returns its address. */
  create(): Promise<string>;
  drop(url: string): Promise<void>;
}

/** Returns the MySQL sink under test, each case in a database of its own. */
export function mysqlSubject(createSink: (target: SinkTarget) => StoreSink, databases: MysqlDatabases): StoreSubject {
  return serverSubject({
    createSink,
    plugin: '@dbsync/sink-mysql',
    defaultPort: 3306,
    createDatabase: databases.create,
    dropDatabase: databases.drop,
    damage: mysqlDamage,
    openReader,
    contents: databaseContents,
    snapshot,
  });
}

async function snapshot(url: string): Promise<() => Promise<void>> {
  const tables = await withConnection(url, async (connection) => {
    const source = "FROM information_schema.tables WHERE table_schema = database() AND table_name LIKE 'mcall\\_%'";
    const [rows] = await connection.query<RowDataPacket[][]>({ sql: `SELECT table_name ${source}`, rowsAsArray: true });
    const names = rows.map(([name]) => String(name));
    for (const name of names) await connection.query(`CREATE TABLE kept_${name} AS SELECT * FROM ${name}`);
    return names;
  });
  return () =>
    withConnection(url, async (connection) => {
      await connection.query('SET SESSION foreign_key_checks = 0');
      await connection.beginTransaction();
      for (const name of tables) await connection.query(`DELETE FROM ${name}`);
      for (const name of tables) await connection.query(`INSERT INTO ${name} SELECT * FROM kept_${name}`);
      await connection.commit();
    });
}

async function withConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({ uri: url, charset: 'utf8mb4' });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

async function openReader(url: string): Promise<RowReader> {
  const connection = await createConnection({ uri: url, charset: 'utf8mb4', typeCast: (field) => cellOf(field) });
  await connection.query("SET SESSION time_zone = '+00:00', sql_mode = ''");
  return {
    readRows: (table) => readRows(connection, table),
    [Symbol.asyncDispose]: () => connection.end(),
  };
}

/** Reads rows. Columns are read under numbers, since the driver refuses names such as `__proto__`. */
async function readRows(connection: Connection, table: RowTable): Promise<readonly StoredRow[]> {
  const ask = async <Cells>(sql: string, ...values: string[]): Promise<Cells[]> =>
    (await connection.query<(Cells & RowDataPacket)[]>({ sql, rowsAsArray: true, values }))[0];
  const map = await ask<string[]>('SELECT column_name, field FROM mcall_sync_columns WHERE table_name = ?', table);
  const fields = new Map(map.map(([column, field = '']) => [column, JSON.parse(field) as string]));
  const source = 'FROM information_schema.columns WHERE table_schema = database() AND table_name = ?';
  const columns = (await ask<string[]>(`SELECT column_name ${source}`, `mcall_${table}`)).flat();
  const list = columns.map((column, at) => `${escapeId(column, true)} AS \`${at}\``);
  const rows = await ask<Json[]>(`SELECT ${list.join(', ')} FROM mcall_${table}`);
  return rows.map((row) => {
    const cells = Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null]));
    return storedRow({ table, cells, fieldOf: (column) => fields.get(column) });
  });
}

interface Field {
  readonly type: string;
  readonly length: number;
  buffer(): Buffer | null;
}

/** Returns a cell. Numbers keep their digits; times stay text, with the zone that they are stored in. */
function cellOf(field: Field): Json {
  const text = field.buffer()?.toString('utf8') ?? null;
  if (text === null) return null;
  if (field.type === 'TINY' && field.length === 1) return text === '1';
  if (/^(NEWDECIMAL|LONGLONG|LONG)$/.test(field.type))
    return numberCell(text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''));
  return /^(DATETIME|TIMESTAMP)/.test(field.type) ? `${text.replace(' ', 'T')}Z` : text;
}
