import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import type { EngineSession } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { startPostgres } from '../../../test/harness/servers/postgres-server.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import {
  closeServer,
  connect,
  connections,
  endFirstWaiting,
  engineOf,
  holdLock,
  openServer,
  options,
  query,
  replaceDatabase,
  server,
  WAITING,
  waiting,
} from './sharing-sinks.ts';

beforeEach(openServer);
afterEach(closeServer);

const LOSS = { code: 'POSTGRES_CONNECTION_LOST', connectionLost: true };

it('R10 tells each sink when all connections are lost', async () => {
  const share = sinkShare();
  const [one, other] = [await connect(share), await connect(share)];
  await server.admin.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'dbsync'",
  );
  for (const session of [one, other]) await expect.poll(() => session.losses.unreported()).toMatchObject(LOSS);
  one.losses.reported();
  expect(one.losses.unreported()).toBeNull();
  expect(other.losses.unreported()).toMatchObject(LOSS);
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
  await endFirstWaiting();
  expect(await cut).toMatchObject({ connectionLost: true });
  await release();
  expect((await kept).rows).toHaveLength(1);
  for (const session of [other, third]) expect(session.losses.unreported()).toBeNull();
});

it('R10 tells each sink of a database that was replaced while none had a connection', async () => {
  const share = sinkShare();
  const [one, other] = [await connect(share), await connect(share)];
  // Aborted calls break their connections off, which is no loss.
  const release = await holdLock();
  const abort = new AbortController();
  const both = [one, other].map((session) => query(session, WAITING, abort.signal).catch(() => {}));
  await expect.poll(waiting).toBe(2);
  abort.abort(new Error('no'));
  await Promise.all(both);
  await release();
  await expect.poll(connections).toBe(0);
  for (const session of [one, other]) expect(session.losses.unreported()).toBeNull();
  await replaceDatabase();
  await expect(query(one, 'SELECT 1')).rejects.toMatchObject(LOSS);
  for (const session of [one, other]) expect(session.losses.unreported()).toMatchObject(LOSS);
  one.losses.reported();
  expect((await query(one, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect(one.losses.unreported()).toBeNull();
});

/** Starts an address that leads to one server, and later to another one. */
async function startSwitch(first: string) {
  let port = Number(new URL(first).port);
  const listener = createServer((socket) => {
    const onward = createConnection({ port, host: '127.0.0.1' });
    for (const each of [socket, onward]) each.on('error', () => {});
    socket.pipe(onward).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => void listener.close());
  const url = new URL(first);
  url.port = String((listener.address() as AddressInfo).port);
  const lead = (to: string) => {
    port = Number(new URL(to).port);
  };
  return { url: url.href, lead };
}

it('R10 tells each sink of another server behind the address, and uses no older connection again', async () => {
  const standby = await startPostgres();
  onTestFinished(() => standby.stop());
  const name = new URL(server.database).pathname.slice(1);
  const other = await standby.createDatabase(name);
  const address = await startSwitch(server.database);
  const share = sinkShare();
  const [one, two] = [await connect(share, address.url), await connect(share, address.url)];
  const where = async (session: EngineSession) => (await query(session, 'SELECT inet_server_port() AS port')).rows;
  expect(await where(two)).toEqual([{ port: Number(new URL(server.database).port) }]);
  address.lead(other);
  // The two connections that are open go on to the former server, until a further one is needed.
  const release = await holdLock();
  const held = [1, 2].map(() => query(two, WAITING).catch((error) => engineOf(share).toSinkError(error)));
  await expect.poll(waiting).toBe(2);
  await expect(where(one)).rejects.toMatchObject(LOSS);
  for (const answer of await Promise.all(held)) expect(answer).toMatchObject({ connectionLost: true });
  for (const session of [one, two]) expect(session.losses.unreported()).toMatchObject(LOSS);
  for (const session of [one, two]) expect(await where(session)).toEqual([{ port: standby.port }]);
  await release();
  await Promise.all([one.close(), two.close()]);
});

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
  expect(other.losses.unreported()).toBeNull();
  await release();
  expect(await kept).toMatchObject({ committed: true });
  await expect(one.schema.listTables(options)).rejects.toThrow();
  await other.close();
  await expect.poll(connections).toBe(0);
});
