import type { StoreSink } from '@dbsync/core/contract';
import type { EngineSession } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { createSink } from '../src/index.ts';
import {
  closeServer,
  connect,
  connections,
  engineOf,
  holdLock,
  numberOf,
  openServer,
  options,
  query,
  server,
  WAITING,
  waiting,
} from './sharing-sinks.ts';

beforeEach(openServer);
afterEach(closeServer);

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
  expect(session.losses.unreported()).toBeNull();
  await release();
});

it('has connections of their own for sinks with another login or other settings', async () => {
  const share = sinkShare(8);
  const url = new URL(server.database);
  url.searchParams.set('application_name', 'other');
  await connect(share);
  const before = await connections();
  await connect(share, url.href);
  expect(await connections()).toBe(before);
  expect(await numberOf("application_name = 'other'")).toBe(2);
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

it('carries a hundred campaigns over sixteen connections', async () => {
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
  expect(first.connections).toMatchObject({ most: 16 });
  expect(new Set(sinks.map(({ connections }) => connections?.sharedAs)).size).toBe(1);
  // It makes the tables.
  expect(await work(first, 0)).toBe(true);
  expect(await Promise.all(others.map((sink, nr) => work(sink, nr + 1)))).toEqual(others.map(() => true));
  expect(await connections()).toBeLessThanOrEqual(16);
  await Promise.all(sinks.map((sink) => sink.close()));
  await expect.poll(connections).toBe(0);
});
