import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { startMariadb } from '../test/harness/servers/mysql-server.ts';
import { type Baseline, type BenchEngine, countRows, TABLES } from './bench-engine.ts';

/** Opens a private MariaDB with its default settings, every commit on disk. */
export async function openMariadbBench(): Promise<BenchEngine> {
  const server = await startMariadb({ durable: true });
  const target = await server.createDatabase('bench');
  const connection = await createConnection({ uri: target, multipleStatements: true });
  const version = await valueIn(connection, 'SELECT version()');
  return {
    name: `MariaDB ${String(version).split('-')[0]}`,
    target,
    countRows: () =>
      countRows(async (table) => Number(await valueIn(connection, `SELECT count(*) FROM bench.${table}`))),
    measureBaseline: () => measureBaseline(connection, join(server.socketPath, '..')),
    async [Symbol.asyncDispose]() {
      connection.destroy();
      await server.stop();
    },
  };
}

/**
 * Loads the rows in the order in which they came, and in that of their keys, in which the table lies on the disk.
 *
 * @param folder the server's own, where it can write the files
 */
async function measureBaseline(connection: Connection, folder: string): Promise<Baseline> {
  const load = (order: string) => measureLoad(connection, folder, order);
  return {
    way: 'LOAD DATA LOCAL of files, one connection, rows in the order in which they came',
    isLoader: true,
    seconds: await load('ORDER BY `$changed`'),
    byKeySeconds: await load('FORCE INDEX (PRIMARY)'),
  };
}

/** Loads the rows of the copy in an order. Returns the seconds of the load. */
async function measureLoad(connection: Connection, folder: string, order: string): Promise<number> {
  const files = new Map(TABLES.map((table) => [table, join(folder, table)]));
  for (const [table, file] of files) {
    rmSync(file, { force: true });
    await connection.query(`SELECT * FROM bench.${table} ${order} INTO OUTFILE '${file}' CHARACTER SET utf8mb4`);
  }
  await createSameTables(connection);
  const started = performance.now();
  for (const [table, file] of files) {
    await connection.query({
      sql: `LOAD DATA LOCAL INFILE '${table}' INTO TABLE baseline.${table} CHARACTER SET utf8mb4`,
      infileStreamFactory: () => createReadStream(file),
    });
  }
  return (performance.now() - started) / 1000;
}

/** Creates the same columns, keys, indexes and foreign keys in a database beside the copy's. */
async function createSameTables(connection: Connection): Promise<void> {
  await connection.query('DROP DATABASE IF EXISTS baseline; CREATE DATABASE baseline');
  for (const table of TABLES) {
    await connection.query('USE bench');
    const [rows] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE ${table}`);
    await connection.query(`USE baseline; ${rows[0]?.['Create Table']}`);
  }
}

async function valueIn(connection: Connection, query: string): Promise<unknown> {
  const [rows] = await connection.query<RowDataPacket[][]>({ sql: query, rowsAsArray: true });
  return rows[0]?.[0];
}
