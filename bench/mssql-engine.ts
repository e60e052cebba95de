import { TYPES } from 'tedious';
import { connectMssql, createTestDatabase, dropTestDatabase } from '../test/harness/mssql-database.ts';
import type { Field, TediousClient } from '../test/harness/tds/tedious-client.ts';
import { type Baseline, type BenchEngine, TABLES } from './bench-engine.ts';

const SAMPLE_ROWS = 5_000;
const ROWS_A_TRANSACTION = 500;

/** A database of its own on the server of `DBSYNC_TEST_MSSQL_URL`. */
export async function openMssqlBench(): Promise<BenchEngine> {
  const target = await createTestDatabase();
  const client = await connectMssql(target);
  const [[version]] = (await client.runBatch("SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(40))")).rows as [
    [string],
  ];
  const countRows = async () => {
    let count = 0;
    for (const table of TABLES) {
      count += Number((await client.runBatch(`SELECT count_big(*) FROM ${table}`)).rows[0]?.[0]);
    }
    return count;
  };
  return {
    name: `SQL Server ${version}`,
    target,
    countRows,
    measureBaseline: async () => measureBaseline(client, await countRows()),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await dropTestDatabase(target);
    },
  };
}

/**
 * Nothing of the server's own takes rows from a client, so they are inserted one by one: transactions, into a table without
 * keys or indexes, and the time is what all rows would take at that rate.
 */
async function measureBaseline(client: TediousClient, allRows: number): Promise<Baseline> {
  const [, table] = TABLES;
  const sample = (await client.runBatch(`SELECT TOP ${SAMPLE_ROWS} * FROM ${table}`)).rows;
  await client.runBatch(`SELECT TOP 0 * INTO baseline FROM ${table}`);
  const fields: Field[] = Array.from(sample[0] ?? [], (_, at) => ({ name: `p${at}`, type: TYPES.NVarChar }));
  const sql = `INSERT INTO baseline VALUES (${fields.map(({ name }) => `@${name}`).join(', ')})`;
  const rows = sample.map((row) => Object.fromEntries(row.map((value, at) => [`p${at}`, textOf(value)])));
  const started = performance.now();
  for (let first = 0; first < rows.length; first += ROWS_A_TRANSACTION) {
    await client.runBatch('BEGIN TRANSACTION');
    await client.runPrepared(sql, fields, rows.slice(first, first + ROWS_A_TRANSACTION));
    await client.runBatch('COMMIT');
  }
  const seconds = (performance.now() - started) / 1000;
  const loader = `prepared INSERTs of one row each, ${ROWS_A_TRANSACTION} a transaction, as ${sample.length} of the rows went`;
  return { loader, seconds: (seconds * allRows) / sample.length };
}

function textOf(value: unknown): string | null {
  if (value === null) return null;
  return value instanceof Date ? value.toISOString().slice(0, -1) : String(value);
}
