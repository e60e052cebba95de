import { CompiledQuery, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, dropTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from '../src/index.ts';
import { readAddress } from '../src/postgres-address.ts';
import { createPostgresEngine } from '../src/postgres-engine.ts';

const options = { signal: new AbortController().signal };

let database: string;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await dropTestDatabase(database);
});

/** Returns the database's address with one more parameter. */
function addressWith(name: string, value: string): string {
  const changed = new URL(database);
  changed.searchParams.set(name, value);
  return changed.href;
}

const engineOf = (address: string) => createPostgresEngine(readAddress(serverTarget(address)));

const sleep = () => CompiledQuery.raw('SELECT pg_sleep(60)');
const SLEEPING = "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()";

it('R10 knows of a connection that the server ended while it was idle, until a call has reported it', async () => {
  const session = await engineOf(addressWith('application_name', 'broken')).connect(options);
  expect(session.losses.unreported()).toBeNull();
  await admin.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'broken'");
  const loss = { code: 'POSTGRES_CONNECTION_LOST', connectionLost: true, outcome: 'not-committed' };
  await expect.poll(() => session.losses.unreported()).toMatchObject(loss);
  session.losses.reported();
  expect(await session.schema.listTables(options)).toEqual([]);
  expect(session.losses.unreported()).toBeNull();
  await session.close();
});

it('R10 takes no connection for lost that it has closed or broken off itself', async () => {
  const session = await engineOf(database).connect(options);
  const abort = new AbortController();
  const call = session.upsert({ rows: [], statements: [sleep()], guards: [], watched: new Set() }, abort);
  await expect.poll(async () => (await admin.query(SLEEPING)).rowCount).toBe(1);
  abort.abort();
  await expect(call).rejects.toMatchObject({ outcome: 'unknown' });
  await session.close();
  expect(session.losses.unreported()).toBeNull();
});

it('R10 is not thrown out by the server for being idle, whatever the server is set to', async () => {
  const session = await engineOf(addressWith('options', '-c idle_session_timeout=1s')).connect(options);
  const { rows } = await sql`SELECT current_setting('idle_session_timeout') AS limit`.execute(session.db, options);
  expect(rows).toEqual([{ limit: '0' }]);
  await session.close();
});

it('R10 a health check keeps no loss from the next call', async () => {
  const sink = createSink(serverTarget(addressWith('application_name', 'checked')));
  await sink.open(options);
  await admin.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'checked'");
  const fails = async () => (await sink.checkHealth(options)).some(({ level }) => level === 'fail');
  await expect.poll(fails).toBe(true);
  await expect(sink.readState('C1', options)).rejects.toMatchObject({ connectionLost: true });
  expect(await sink.readState('C1', options)).toMatchObject({ progress: null });
  await sink.close();
});
