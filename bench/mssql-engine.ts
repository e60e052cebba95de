import type { Field, TediousClient } from '@dbsync/tds-peer/tedious-client';
import { TYPES } from 'tedious';
import { connectMssql, createTestDatabase, dropTestDatabase } from '../test/harness/servers/mssql-database.ts';
import { type Baseline, type BenchEngine, countRows, TABLES } from './bench-engine.ts';

const SAMPLE_ROWS = 3_000;

/** Opens a new database on the server of `DBSYNC_TEST_MSSQL_URL`. */
export async function openMssqlBench(): Promise<BenchEngine> {
  const target = await createTestDatabase();
  const client = await connectMssql(target);
  const name = await productOf(client);
  const countAll = () =>
    countRows(async (table) => Number((await client.runBatch(`SELECT count_big(*) FROM ${table}`)).rows[0]?.[0]));
  return {
    name,
    target,
    countRows: countAll,
    measureBaseline: async () => measureBaseline(client, await countAll()),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await dropTestDatabase(target);
    },
  };
}

async function productOf(client: TediousClient): Promise<string> {
  const properties = ['BabelfishVersion', 'ProductVersion'].map(
    (property) => `CAST(SERVERPROPERTY('${property}') AS nvarchar(40))`,
  );
  const [[babelfish, version] = []] = (await client.runBatch(`SELECT ${properties.join(', ')}`)).rows;
  return babelfish ? `Babelfish ${babelfish}` : `SQL Server ${version}`;
}

/**
 * Measures plain inserts, since no loader of the server takes rows from a client: some of the transactions, into a
 * table with the same indexes. The result is the time that all rows would take at that rate.
 */
async function measureBaseline(client: TediousClient, allRows: number): Promise<Baseline> {
  const [, table] = TABLES;
  const sample = (await client.runBatch(`SELECT TOP ${SAMPLE_ROWS} * FROM ${table}`)).rows;
  await client.runBatch(`SELECT TOP 0 * INTO baseline FROM ${table}`);
  await client.runBatch('CREATE UNIQUE INDEX baseline_key ON baseline (id)');
  await client.runBatch('CREATE INDEX baseline_contact ON baseline (contact_id)');
  const sql = `INSERT INTO baseline VALUES (${Array.from(sample[0] ?? [], (_, at) => `@p${at}`).join(', ')})`;
  const started = performance.now();
  for (const row of sample) await client.run(sql, row.map(field));
  const seconds = (performance.now() - started) / 1000;
  const way = `one INSERT a row (as ${sample.length} went into a table with two indexes and no foreign keys)`;
  return { way, isLoader: false, seconds: (seconds * allRows) / sample.length };
}

function field(value: unknown, at: number): Field {
  return { name: `p${at}`, type: TYPES.NVarChar, value: textOf(value) };
}

function textOf(value: unknown): string | null {
  if (value === null) return null;
  return value instanceof Date ? value.toISOString().slice(0, -1) : String(value);
}
