import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { loadSource } from '../scripts/sources.ts';
import { startPostgres } from '../test/harness/servers/postgres-server.ts';
import { type Baseline, type BenchEngine, countRows, TABLES } from './bench-engine.ts';

const { sendRequest } = await loadSource<typeof import('../packages/sink-postgres/src/copy-request.ts')>(
  'sink-postgres',
  'copy-request',
);

/** Opens a private PostgreSQL with its default settings, fsync on. */
export async function openPostgresBench(): Promise<BenchEngine> {
  const server = await startPostgres({ durable: true });
  const target = await server.createDatabase('bench');
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version') AS version");
  return {
    name: `PostgreSQL ${rows[0]?.version}`,
    target,
    countRows: () =>
      countRows(async (table) => Number((await client.query(`SELECT count(*) FROM public.${table}`)).rows[0].count)),
    measureBaseline: () => measureBaseline(client, server.socketDirectory),
    async [Symbol.asyncDispose]() {
      await client.end();
      await server.stop();
    },
  };
}

/** Measures COPY. @param folder the server's own, where it can write the files */
async function measureBaseline(client: pg.Client, folder: string): Promise<Baseline> {
  for (const table of TABLES) await client.query(`COPY public.${table} TO ${pg.escapeLiteral(join(folder, table))}`);
  await createSameTables(client);
  await client.query('CHECKPOINT');
  const started = performance.now();
  for (const table of TABLES) await importTable(client, table, join(folder, table));
  const seconds = (performance.now() - started) / 1000;
  return { way: 'COPY FROM STDIN of files, one connection', isLoader: true, seconds };
}

/** Creates the same columns, keys and indexes, and then the foreign keys, in a schema beside the copy's. */
async function createSameTables(client: pg.Client): Promise<void> {
  await client.query('DROP SCHEMA IF EXISTS baseline CASCADE; CREATE SCHEMA baseline');
  for (const table of TABLES) {
    await client.query(`CREATE TABLE baseline.${table} (LIKE public.${table} INCLUDING ALL)`);
  }
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT relname AS name, pg_get_constraintdef(pg_constraint.oid) AS definition FROM pg_constraint
     JOIN pg_class ON pg_class.oid = conrelid WHERE contype = 'f' AND pg_class.relnamespace = 'public'::regnamespace`,
  );
  await client.query('SET search_path = baseline');
  for (const { name, definition } of rows) await client.query(`ALTER TABLE ${name} ADD ${definition}`);
  await client.query('RESET search_path');
}

async function importTable(client: pg.Client, table: string, file: string): Promise<void> {
  await sendRequest(client, { text: `COPY baseline.${table} FROM STDIN`, sources: [pieces(file)] }).results;
}

function* pieces(file: string): Generator<Buffer, void, undefined> {
  const input = openSync(file, 'r');
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(input, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(input);
  }
}
