import type { StoreSink } from '@dbsync/core/contract';
import type { EngineSession } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import { describe, expect, it } from 'vitest';
import { MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { createSink } from '../src/index.ts';
import { openShared, options, query, SLEEP, WAITING } from './sharing-sinks.ts';

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  it('opens no more connections than sinks may share, and lets each use a quarter of them', async () => {
    await using server = await openShared(product);
    const { connect, waiting, connections } = server;
    const share = sinkShare(8);
    const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => connect(share)));
    const release = await server.holdLock();
    const [first, ...others] = sessions as [EngineSession, ...EngineSession[]];
    const slow = [1, 2, 3, 4].map(() => query(first, WAITING));
    await expect.poll(waiting).toBe(2);
    expect((await query(sessions[1] as EngineSession, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(await waiting()).toBe(2);
    const more = others.flatMap((session) => [1, 2].map(() => query(session, WAITING)));
    await expect.poll(waiting).toBe(4);
    expect(await connections()).toBe(4);
    const renewals = sessions.map(({ renewalDb }) => renewalDb?.executeQuery(CompiledQuery.raw('SELECT 1 AS one')));
    for (const answer of await Promise.all(renewals)) expect(answer?.rows).toEqual([{ one: 1 }]);
    expect(await waiting()).toBe(4);
    await release();
    expect(await Promise.all([...slow, ...more])).toHaveLength(12);
    expect(await connections()).toBe(5);
  });

  it('keeps places for the others while all sinks make changes without end', async () => {
    await using server = await openShared(product);
    const { connect, sleeping } = server;
    const share = sinkShare(8);
    const sessions = await Promise.all(Array.from({ length: 7 }, () => connect(share)));
    const stop = new AbortController();
    const changes = sessions.map(({ schema }) => schema.alter(SLEEP, stop).catch(() => 'stopped'));
    await expect.poll(sleeping).toBeGreaterThan(2);
    for (const session of sessions) expect((await query(session, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await expect.poll(sleeping, { timeout: 30_000 }).toBe(2);
    await sessions[6]?.schema.alter(CompiledQuery.raw('CREATE TABLE made (id int PRIMARY KEY)'), options);
    expect(await sessions[0]?.schema.listTables(options)).toContain('made');
    expect(await sleeping()).toBe(2);
    expect(await server.connections()).toBeLessThanOrEqual(8);
    for (const session of sessions) expect(session.losses.unreported()).toBeNull();
    stop.abort(new Error('stop'));
    expect(await Promise.all(changes)).toEqual(sessions.map(() => 'stopped'));
    await expect.poll(sleeping).toBe(0);
  });

  it('opens no connection beside those that sinks share, however many sinks build indexes', async () => {
    await using server = await openShared(product);
    const share = sinkShare(8);
    const sessions = await Promise.all([1, 2, 3].map(() => server.connect(share)));
    const release = await server.holdLock();
    const slow = sessions.flatMap((session) => [1, 2].map(() => query(session, WAITING)));
    await expect.poll(server.waiting).toBe(4);
    const build = (nr: number) => sessions[nr]?.schema.indexing?.alone(options, async () => server.connections());
    // Two at once: only one builds in a database at a time.
    const during = await sessions[0]?.schema.indexing?.alone(options, async () => [
      await build(1),
      await server.connections(),
    ]);
    expect(during?.[0]).toBeNull();
    expect(during?.[1]).toBeLessThanOrEqual(8);
    // The lock of a build is gone with its session.
    await expect.poll(() => build(2)).toBeGreaterThan(0);
    await release();
    await Promise.all(slow);
  });

  it('ends the statement of an aborted call, and no other one, though its place is lent on at once', async () => {
    await using server = await openShared(product);
    const share = sinkShare(4);
    const [session, other] = [await server.connect(share), await server.connect(share)] as const;
    const release = await server.holdLock();
    const abort = new AbortController();
    const aborted = [1, 2, 3].map(() => query(session, WAITING, abort.signal).catch(() => 'aborted'));
    await expect.poll(server.waiting).toBe(2);
    const kept = [1, 2].map(() => query(other, `${WAITING} /* kept */`));
    abort.abort(new Error('no'));
    expect(await Promise.all(aborted)).toEqual(['aborted', 'aborted', 'aborted']);
    await expect.poll(() => server.numberOf("info LIKE '%kept%'")).toBe(2);
    // The server ends the statements that were aborted, though the lock is still held.
    await expect.poll(server.waiting).toBe(2);
    expect(await server.connections()).toBeLessThanOrEqual(4);
    await release();
    for (const { rows } of await Promise.all(kept)) expect(rows).toEqual([{ id: 1 }]);
    for (const each of [session, other]) expect(each.losses.unreported()).toBeNull();
    expect((await query(session, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('ends the statement of an aborted call, although the sink is closed at once', async () => {
    await using server = await openShared(product);
    const session = await server.connect(sinkShare(4));
    const abort = new AbortController();
    const aborted = query(session, SLEEP.sql, abort.signal).catch(() => 'aborted');
    await expect.poll(server.sleeping).toBe(1);
    abort.abort(new Error('no'));
    await session.close();
    expect(await server.numberOf("info LIKE '%sleep(600)%' AND command <> 'Killed'")).toBe(0);
    expect(await aborted).toBe('aborted');
    await expect.poll(server.sleeping).toBe(0);
  });

  it('closes the connections of one sink, and leaves the others alone', async () => {
    await using server = await openShared(product);
    const share = sinkShare(8);
    const [one, other] = [await server.connect(share), await server.connect(share)] as const;
    const release = await server.holdLock();
    const cut = query(one, WAITING).catch(() => 'cut');
    const kept = query(other, WAITING);
    await expect.poll(server.waiting).toBe(2);
    await one.close();
    expect(await cut).toBe('cut');
    await expect.poll(server.waiting).toBe(1);
    expect(other.losses.unreported()).toBeNull();
    await release();
    expect((await kept).rows).toEqual([{ id: 1 }]);
    await expect(one.schema.listTables(options)).rejects.toThrow();
    await other.close();
    await expect.poll(server.connections).toBe(0);
    expect(await (await server.connect(share)).schema.listTables(options)).toEqual(['held']);
  });

  it('gives a session to the next sink with our settings, no open transaction and no rows', async () => {
    await using server = await openShared(product);
    const share = sinkShare(4);
    const [one, other] = [await server.connect(share), await server.connect(share)] as const;
    const state = 'SELECT @@foreign_key_checks AS keys_, @@lock_wait_timeout AS wait, connection_id() AS id';
    const before = (await query(other, state)).rows;
    const change = CompiledQuery.raw('SET SESSION foreign_key_checks = 0; SELECT no_such_column');
    await expect(one.schema.alter(change, options)).rejects.toThrow();
    const broken = one.db.transaction().execute(async (transaction) => {
      await transaction.executeQuery(CompiledQuery.raw('INSERT INTO held VALUES (2)'));
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    const after = await Promise.all([1, 2].map(() => query(other, state)));
    for (const { rows } of after) expect(rows).toMatchObject([{ keys_: 1, wait: 30 }]);
    expect(before).toMatchObject([{ keys_: 1, wait: 30 }]);
    expect((await query(other, 'SELECT id FROM held')).rows).toEqual([{ id: 1 }]);
  });

  it('has connections of their own for sinks with another login, and without a chosen number', async () => {
    await using server = await openShared(product);
    const share = sinkShare(8);
    const target = { ...serverTarget(server.database), share };
    const url = new URL(server.database);
    url.searchParams.set('connect-timeout', '9');
    const [shared, same, others] = [target, target, { ...serverTarget(url.href), share }].map(createSink);
    expect(shared?.connections).toMatchObject({ most: 8 });
    expect(same?.connections?.sharedAs).toBe(shared?.connections?.sharedAs);
    expect(others?.connections?.sharedAs).not.toBe(shared?.connections?.sharedAs);
    const notChosen = createSink({ ...target, share: { ...share, isChosen: false } });
    expect(notChosen.connections).toEqual({ server: shared?.connections?.server, most: 9 });
  });
});

it('carries a hundred campaigns over sixteen connections', async () => {
  await using server = await openShared('mariadb');
  const share = sinkShare(16);
  const sinks = Array.from({ length: 100 }, () => createSink({ ...serverTarget(server.database), share }));
  const process = { host: 'h', bootId: 'b', pid: 1, startedAt: 's' };
  const work = async (sink: StoreSink, nr: number) => {
    await sink.open(options);
    await sink.declareFields([], options);
    const answer = await sink.claim(`C${nr}`, 'plan', { ...options, leaseMs: 60_000, process });
    if (answer.granted) await sink.renew(answer.claim, options);
    return answer.granted;
  };
  const [first, ...others] = sinks as [StoreSink, ...StoreSink[]];
  // It makes the tables.
  expect(await work(first, 0)).toBe(true);
  expect(await Promise.all(others.map((sink, nr) => work(sink, nr + 1)))).toEqual(others.map(() => true));
  expect(await server.connections()).toBeLessThanOrEqual(16);
  await Promise.all(sinks.map((sink) => sink.close()));
  await expect.poll(server.connections).toBe(0);
});
