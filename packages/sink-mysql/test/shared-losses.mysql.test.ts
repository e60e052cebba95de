import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  letRemember,
  MYSQL_STARTERS,
  type MysqlServer,
  startMariadb,
} from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { readAddress } from '../src/mysql-address.ts';
import { createMysqlPool } from '../src/mysql-pool.ts';
import { batchOf, openShared, options, query, WAITING } from './sharing-sinks.ts';

/** A statement whose error says that the server has ended the session. */
const ENDED = "SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = 1927";
const LOSS = { code: 'MYSQL_CONNECTION_LOST', connectionLost: true };

describe.each(MYSQL_STARTERS)('%s', (product, start) => {
  let own: MysqlServer;
  beforeAll(async () => {
    own = await start();
  });
  afterAll(() => own.stop());
  const open = async () => openShared(product, await own.createDatabase());

  it('R10 tells each sink when all connections are lost', async () => {
    await using server = await open();
    const share = sinkShare();
    const [one, other] = [await server.connect(share), await server.connect(share)];
    await server.kill('TRUE');
    for (const session of [one, other]) await expect.poll(() => session.losses.unreported()).toMatchObject(LOSS);
    one.losses.reported();
    expect(one.losses.unreported()).toBeNull();
    expect(other.losses.unreported()).toMatchObject(LOSS);
    expect(await one.schema.listTables(options)).toEqual(['held']);
  });

  it('R10 tells the sink alone whose call lost its connection, and lends that connection to no other one', async () => {
    await using server = await open();
    const share = sinkShare(4);
    const sessions = await Promise.all([1, 2, 3, 4].map(() => server.connect(share)));
    const release = await server.holdLock();
    const calls = sessions.map((session, nr) =>
      query(session, `${WAITING} /* ${nr} */`).then(
        () => 'done',
        (error) => server.engineOf(share).toSinkError(error).connectionLost,
      ),
    );
    await expect.poll(server.waiting).toBe(2);
    await server.kill("info LIKE '%/* 0 */%'");
    expect(await calls[0]).toBe(true);
    await expect.poll(server.waiting).toBe(2);
    await release();
    expect(await Promise.all(calls)).toEqual([true, 'done', 'done', 'done']);
    for (const session of sessions.slice(1)) expect(session.losses.unreported()).toBeNull();
  });

  it('R10 lends no session again that the server tells to have ended, though its connection is still open', async () => {
    await using server = await open();
    const share = sinkShare(4);
    const [one, other] = [await server.connect(share), await server.connect(share)] as const;
    const release = await server.holdLock();
    const kept = query(other, WAITING);
    await expect.poll(server.waiting).toBe(1);
    const idOf = async () => (await query(one, 'SELECT connection_id() AS id')).rows[0]?.id;
    const before = await idOf();
    const ended = query(one, ENDED).catch((error) => server.engineOf(share).toSinkError(error));
    // It waits for the place, and gets it before the socket has ended.
    const next = idOf();
    expect(await ended).toMatchObject(LOSS);
    expect(await next).not.toBe(before);
    expect(one.losses.unreported()).toMatchObject(LOSS);
    expect(other.losses.unreported()).toBeNull();
    await release();
    expect((await kept).rows).toEqual([{ id: 1 }]);
  });

  it('R10 tells each sink when the last connection that is lost builds an index', async () => {
    await using server = await open();
    const share = sinkShare(4);
    const address = readAddress(serverTarget(server.database));
    const pools = [1, 2].map(() => createMysqlPool(address, () => {}, share));
    const unreported = () => pools.map(({ losses }) => losses.unreported()?.code);
    for (const pool of pools) await pool.use(options.signal, async () => {});
    await pools[0]?.useAlone(options.signal, async (connection) => {
      const [row] = await connection.query<{ id: unknown }>('SELECT connection_id() AS id');
      await server.kill(`id <> ${Number(row?.id)}`);
      expect(unreported()).toEqual([undefined, undefined]);
      await expect(
        Promise.all([connection.query('SELECT sleep(60) FROM held'), server.kill('TRUE')]),
      ).rejects.toThrow();
    });
    await expect.poll(unreported).toEqual(['MYSQL_CONNECTION_LOST', 'MYSQL_CONNECTION_LOST']);
    await Promise.all(pools.map((pool) => pool.close()));
  });

  it('R10 takes no connection for lost that another sink has broken off', async () => {
    await using server = await open();
    const share = sinkShare();
    const [one, other] = [await server.connect(share), await server.connect(share)];
    const release = await server.holdLock();
    const abort = new AbortController();
    const aborted = one.upsert(batchOf(WAITING), abort);
    const kept = other.upsert(batchOf(WAITING), options);
    await expect.poll(server.waiting).toBe(2);
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ outcome: 'unknown' });
    for (const session of [one, other]) expect(session.losses.unreported()).toBeNull();
    await release();
    expect(await kept).toMatchObject({ committed: true });
  });

  it('R10 tells each sink of a server that was started again while none had a connection', async () => {
    const database = await own.createDatabase();
    const share = sinkShare();
    await using server = await openShared(product, database);
    const [one, other] = [await server.connect(share), await server.connect(share)];
    const release = await server.holdLock();
    const abort = new AbortController();
    const both = [one, other].map((session) => query(session, WAITING, abort.signal).catch(() => {}));
    await expect.poll(server.waiting).toBe(2);
    abort.abort(new Error('no'));
    await Promise.all(both);
    await release();
    await expect.poll(server.connections).toBe(0);
    for (const session of [one, other]) expect(session.losses.unreported()).toBeNull();
    for (const client of [server.admin, server.holder]) client.on('error', () => {});
    await own.kill();
    await own.restart();
    await letRemember(database);
    await expect(query(one, 'SELECT 1')).rejects.toMatchObject(LOSS);
    for (const session of [one, other]) expect(session.losses.unreported()).toMatchObject(LOSS);
    one.losses.reported();
    expect((await query(one, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(one.losses.unreported()).toBeNull();
  });
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
  const [own, standby] = await Promise.all([startMariadb(), startMariadb()]);
  onTestFinished(async () => void (await Promise.all([own.stop(), standby.stop()])));
  await using server = await openShared('mariadb', await own.createDatabase('copies'));
  const other = await standby.createDatabase('copies');
  const address = await startSwitch(server.database);
  const share = sinkShare();
  const [one, two] = [await server.connect(share, address.url), await server.connect(share, address.url)];
  const where = async (session: typeof one) => (await query(session, 'SELECT @@port AS port')).rows;
  expect(await where(two)).toEqual([{ port: Number(new URL(server.database).port) }]);
  address.lead(other);
  // The connection that is open goes on to the former server, until a further one is needed.
  const release = await server.holdLock();
  const held = query(two, WAITING).catch((error) => server.engineOf(share).toSinkError(error));
  await expect.poll(server.waiting).toBe(1);
  await expect(one.db.executeQuery(CompiledQuery.raw('SELECT 1'))).rejects.toMatchObject(LOSS);
  expect(await held).toMatchObject({ connectionLost: true });
  for (const session of [one, two]) expect(session.losses.unreported()).toMatchObject(LOSS);
  for (const session of [one, two]) expect(await where(session)).toEqual([{ port: Number(new URL(other).port) }]);
  await release();
  await Promise.all([one.close(), two.close()]);
});
