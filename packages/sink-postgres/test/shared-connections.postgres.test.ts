import type { SinkShare } from '@dbsync/core/contract';
import type { Cell, EngineSession, UpsertTable } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createTestDatabase, dropTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { readAddress } from '../src/postgres-address.ts';
import { createPostgresEngine } from '../src/postgres-engine.ts';

const options = { signal: new AbortController().signal };

let database: string;
let admin: pg.Client;
beforeEach(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database, application_name: 'admin' });
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await dropTestDatabase(database);
});

const engineOf = (share: SinkShare, url = database) => createPostgresEngine(readAddress(serverTarget(url)), share);

async function connect(share: SinkShare, url = database): Promise<EngineSession> {
  const session = await engineOf(share, url).connect(options);
  onTestFinished(() => session.close());
  return session;
}

const numberOf = async (condition: string) =>
  (await admin.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND ${condition}`)).rowCount;
const connections = () => numberOf("application_name = 'dbsync'");
const query = (session: EngineSession, text: string, signal = options.signal) =>
  session.db.executeQuery(CompiledQuery.raw(text), { signal });

/** Holds a lock that the queries wait for, so that they keep their connections until it is released. */
async function holdLock(): Promise<() => Promise<unknown>> {
  await admin.query('SELECT pg_advisory_lock(1)');
  return () => admin.query('SELECT pg_advisory_unlock_all()');
}
const WAITING = 'SELECT pg_advisory_xact_lock(1)';
const waiting = () => numberOf("wait_event_type = 'Lock'");

it('opens no more connections than sinks may share, and lets each use a quarter of them', async () => {
  const share = sinkShare(8);
  const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => connect(share)));
  const release = await holdLock();
  const [first, ...others] = sessions as [EngineSession, ...EngineSession[]];
  const slow = [1, 2, 3, 4].map(() => query(first, WAITING));
  await expect.poll(waiting).toBe(2);
  expect((await query(sessions[1] as EngineSession, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect(await waiting()).toBe(2);
  const more = others.flatMap((session) => [1, 2].map(() => query(session, WAITING)));
  await expect.poll(waiting).toBe(5);
  expect(await connections()).toBe(5);
  await release();
  expect(await Promise.all([...slow, ...more])).toHaveLength(12);
  expect(await connections()).toBe(5);
});

it('renews a claim while slow statements have all places of the others', async () => {
  const share = sinkShare(8);
  const sessions = await Promise.all([1, 2, 3].map(() => connect(share)));
  const release = await holdLock();
  const slow = sessions.flatMap((session) => [1, 2].map(() => query(session, WAITING)));
  await expect.poll(waiting).toBe(5);
  const renewals = sessions.map(({ renewalDb }) => renewalDb?.executeQuery(CompiledQuery.raw('SELECT 1 AS one')));
  for (const answer of await Promise.all(renewals)) expect(answer?.rows).toEqual([{ one: 1 }]);
  expect(await waiting()).toBe(5);
  await release();
  await Promise.all(slow);
});

const SLEEP = CompiledQuery.raw('SELECT pg_sleep(600)');
const sleeping = () => numberOf("wait_event = 'PgSleep'");

it('keeps places for the others while all sinks make changes without end', async () => {
  const share = sinkShare(8);
  const sessions = await Promise.all(Array.from({ length: 9 }, () => connect(share)));
  const stop = new AbortController();
  const changes = sessions.map(({ schema }) => schema.alter(SLEEP, stop).catch(() => 'stopped'));
  await expect.poll(sleeping).toBeGreaterThan(2);
  for (const session of sessions) expect((await query(session, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await expect.poll(sleeping, { timeout: 30_000 }).toBe(2);
  const quick = CompiledQuery.raw('CREATE TABLE public.made (id text)');
  await sessions[8]?.schema.alter(quick, options);
  expect(await sessions[0]?.schema.listTables(options)).toEqual(['made']);
  expect(await sleeping()).toBe(2);
  stop.abort(new Error('stop'));
  expect(await Promise.all(changes)).toEqual(sessions.map(() => 'stopped'));
  await expect.poll(sleeping).toBe(0);
});

it('opens no connection beside those that sinks share, however many sinks build indexes', async () => {
  const share = sinkShare(8);
  const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => connect(share)));
  const release = await holdLock();
  const slow = sessions.flatMap((session) => [1, 2].map(() => query(session, WAITING)));
  await expect.poll(waiting).toBe(5);
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const built: number[] = [];
  const builds = sessions.map(({ schema }, nr) =>
    schema.indexing?.alone(options, async () => {
      built.push(nr);
      begun.resolve();
      await end.promise;
    }),
  );
  await begun.promise;
  expect(await connections()).toBeLessThanOrEqual(8);
  end.resolve();
  await Promise.all(builds);
  expect(built.length).toBeGreaterThan(0);
  expect(await connections()).toBeLessThanOrEqual(8);
  await release();
  await Promise.all(slow);
});

it('frees the place of an aborted query at once, and ends its statement', async () => {
  const share = sinkShare(4);
  const session = await connect(share);
  const release = await holdLock();
  const abort = new AbortController();
  const aborted = [1, 2, 3].map(() => query(session, WAITING, abort.signal).catch(() => 'aborted'));
  await expect.poll(waiting).toBe(2);
  abort.abort(new Error('no'));
  expect(await Promise.all(aborted)).toEqual(['aborted', 'aborted', 'aborted']);
  expect((await query(session, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await expect.poll(waiting).toBe(0);
  expect(session.losses.untold()).toBeNull();
  await release();
});

it('has connections of their own for sinks with another login or other settings', async () => {
  const share = sinkShare(8);
  const url = new URL(database);
  url.searchParams.set('application_name', 'other');
  await connect(share);
  const before = await connections();
  await connect(share, url.href);
  expect(await connections()).toBe(before);
  expect(await numberOf("application_name = 'other'")).toBe(2);
});

const LOSS = { code: 'POSTGRES_CONNECTION_LOST', connectionLost: true };

it('R10 tells each sink when all connections are lost', async () => {
  const share = sinkShare();
  const [one, other] = [await connect(share), await connect(share)];
  await admin.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'dbsync'");
  for (const session of [one, other]) await expect.poll(() => session.losses.untold()).toMatchObject(LOSS);
  one.losses.told();
  expect(one.losses.untold()).toBeNull();
  expect(other.losses.untold()).toMatchObject(LOSS);
  expect(await one.schema.listTables(options)).toEqual([]);
});

it('R10 tells the sink alone whose call lost its connection, while another connection is open', async () => {
  const share = sinkShare();
  const [one, other, third] = [await connect(share), await connect(share), await connect(share)];
  const release = await holdLock();
  const cut = query(one, WAITING).catch((error) => engineOf(share).toSinkError(error));
  await expect.poll(waiting).toBe(1);
  const kept = query(other, WAITING);
  await expect.poll(waiting).toBe(2);
  await admin.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' ORDER BY query_start LIMIT 1`);
  expect(await cut).toMatchObject({ connectionLost: true });
  await release();
  expect((await kept).rows).toHaveLength(1);
  for (const session of [other, third]) expect(session.losses.untold()).toBeNull();
});

it('R10 tells each sink of a database that was replaced while none had a connection', async () => {
  const share = sinkShare();
  const [one, other] = [await connect(share), await connect(share)];
  const name = new URL(database).pathname.slice(1);
  // Aborted calls break their connections off, which is no loss.
  const release = await holdLock();
  const abort = new AbortController();
  const both = [one, other].map((session) => query(session, WAITING, abort.signal).catch(() => {}));
  await expect.poll(waiting).toBe(2);
  abort.abort(new Error('no'));
  await Promise.all(both);
  await release();
  await expect.poll(connections).toBe(0);
  for (const session of [one, other]) expect(session.losses.untold()).toBeNull();
  await replaceDatabase(name);
  await expect(query(one, 'SELECT 1')).rejects.toMatchObject(LOSS);
  for (const session of [one, other]) expect(session.losses.untold()).toMatchObject(LOSS);
  one.losses.told();
  expect((await query(one, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect(one.losses.untold()).toBeNull();
});

/** Puts an empty database in the place of the one of the test. */
async function replaceDatabase(name: string): Promise<void> {
  await admin.end();
  const server = new URL(database);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  await client.query(`DROP DATABASE "${name}"`);
  await client.query(`CREATE DATABASE "${name}" TEMPLATE template0`);
  await client.end();
  admin = new pg.Client({ connectionString: database, application_name: 'admin' });
  await admin.connect();
}

it('R10 takes no connection for lost that another sink has broken off, and closes all with the last sink', async () => {
  const share = sinkShare();
  const [one, other] = [await connect(share), await connect(share)];
  const release = await holdLock();
  const abort = new AbortController();
  const statement = { rows: [], statements: [CompiledQuery.raw(WAITING)], guards: [], watched: new Set<string>() };
  const aborted = one.upsert(statement, abort);
  const cut = one.upsert(statement, options);
  const kept = other.upsert(statement, options);
  await expect.poll(waiting).toBe(3);
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ outcome: 'unknown' });
  await Promise.all([expect(cut).rejects.toMatchObject({ connectionLost: true }), one.close()]);
  expect(other.losses.untold()).toBeNull();
  await release();
  expect(await kept).toMatchObject({ committed: true });
  await expect(one.schema.listTables(options)).rejects.toThrow();
  await other.close();
  await expect.poll(connections).toBe(0);
});

it('lets sinks start that come while another one cannot', async () => {
  const share = sinkShare();
  const stop = new AbortController();
  const refused = engineOf(share).connect({ signal: stop.signal });
  const fine = connect(share);
  stop.abort(new Error('stop'));
  await expect(refused).rejects.toThrow();
  expect(await (await fine).schema.listTables(options)).toEqual([]);
});

it('connects again after all sinks were closed', async () => {
  const share = sinkShare();
  await (await connect(share)).close();
  await expect.poll(connections).toBe(0);
  expect(await (await connect(share)).schema.listTables(options)).toEqual([]);
});

it('writes the rows of each sink through its own stage, and keeps few of them', async () => {
  const share = sinkShare(4);
  const engine = engineOf(share);
  const sessions = await Promise.all([1, 2, 3].map(() => connect(share)));
  const names = Array.from({ length: 70 }, (_, nr) => `rows_${nr}`);
  for (const name of names) {
    await admin.query(`CREATE TABLE ${name} (id text PRIMARY KEY, value text, changed timestamptz(3))`);
  }
  const column = (name: string, type: string) => ({ name, type, storage: engine.types.storageOf(type, null) });
  const tableOf = (name: string): UpsertTable => ({
    name,
    columns: [column('id', 'text'), column('value', 'text')],
    ownerIndex: null,
    changed: column('changed', 'timestamp(3) with time zone'),
  });
  const rest = { statements: [], guards: [], watched: new Set<string>() };
  const writes = names.flatMap((name) =>
    sessions.map((session, nr) => {
      const rows: Cell[][] = [[`${nr}`, name]];
      return session.upsert({ ...rest, rows: [{ table: tableOf(name), rows }] }, options);
    }),
  );
  for (const answer of await Promise.all(writes)) expect(answer).toMatchObject({ committed: true, inserted: 1 });
  for (const name of names) {
    const { rows } = await admin.query(`SELECT id, value FROM ${name} ORDER BY id`);
    expect(rows).toEqual(['0', '1', '2'].map((id) => ({ id, value: name })));
  }
  const { rows } = await admin.query(
    "SELECT max(n)::int AS most FROM (SELECT count(*) AS n FROM pg_class WHERE relname LIKE 'dbsync_stage_%' GROUP BY relnamespace)",
  );
  expect(rows[0].most).toBeGreaterThan(10);
  expect(rows[0].most).toBeLessThanOrEqual(60);
});
