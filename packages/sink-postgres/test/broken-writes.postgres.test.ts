import type { Batch, Claim, StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { type StallingProxy, startStallingProxy } from '../../../test/harness/stalling-proxy.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();
const CONTACTS = Array.from({ length: 60 }, (_, number) =>
  sampleContact(`C${number}`, { values: { $comment: 'x'.repeat(4_000) } }),
);
const BATCH: Batch = { contacts: CONTACTS, inboundCalls: [], deadLetters: [], settled: [] };

let other: pg.Client;
/** A client that is never in a transaction, where it would see the sessions of the transaction's beginning. */
let observer: pg.Client;
let proxy: StallingProxy;
/** A sink that writes through the proxy. */
let sink: StoreSink;
let claim: Claim;
/** A sink that reaches the server directly. */
let standby: StoreSink;

beforeEach(async () => {
  const url = await createTestDatabase();
  const target = serverTarget(`${url}?application_name=standby`);
  const { host, port } = target.address;
  proxy = await startStallingProxy({ host, port: port ?? 5432 });
  sink = createSink({
    ...target,
    address: { ...target.address, port: proxy.port },
    options: { application_name: 'writer' },
  });
  standby = createSink(target);
  [other, observer] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
  await Promise.all([other.connect(), observer.connect()]);
  for (const each of [sink, standby]) {
    await each.open({ signal });
    await each.declareFields([], { signal });
  }
  claim = await claimed(sink);
  await sink.write({ ...BATCH, contacts: [sampleContact('before')] }, claim, { signal });
});
afterEach(async () => {
  await sink.close();
  await standby.close();
  await Promise.all([other.end(), observer.end()]);
  await proxy.close();
});

async function claimed(by: StoreSink, takeOverFrom?: string): Promise<Claim> {
  const process = { host: 'h', bootId: 'b', pid: 1, startedAt: 's' };
  const answer = await by.claim('S', 'plan', {
    leaseMs: 60_000,
    process,
    signal,
    ...(takeOverFrom && { takeOverFrom }),
  });
  if (!answer.granted) throw new Error('The stream is held');
  return answer.claim;
}

const stored = async () =>
  Number((await observer.query('SELECT count(*) FROM mcall_contacts WHERE "$id" LIKE \'C%\'')).rows[0].count);

/** Returns the writer's backends that are in the middle of a request. */
const busy = async () =>
  (
    await observer.query<{ pid: number; waits: string | null }>(
      "SELECT pid, wait_event AS waits FROM pg_stat_activity WHERE application_name = 'writer' AND datname = current_database() AND state = 'active'",
    )
  ).rows;

const lasting = async (pid: number) =>
  (
    await observer.query<{ name: string }>(
      `SELECT relname AS name FROM pg_locks JOIN pg_class ON pg_class.oid = relation
     WHERE pid = $1 AND relname LIKE 'mcall%' AND mode <> 'AccessShareLock'`,
      [pid],
    )
  ).rows;

const terminate = (pid: number) => observer.query('SELECT pg_terminate_backend($1, 5000)', [pid]);

/** Returns the backend once it waits for this event. */
async function waitingFor(event: string): Promise<number> {
  await expect.poll(busy, { timeout: 20_000 }).toContainEqual(expect.objectContaining({ waits: event }));
  return (await busy()).find(({ waits }) => waits === event)?.pid ?? 0;
}

describe('a process that is frozen while it writes', () => {
  it.each([50_000, 100_000, 250_000])('R12 holds no lock that others wait for, %i bytes on', async (bytes) => {
    proxy.stallAfter(bytes);
    const late = sink.write(BATCH, claim, { signal }).catch((error: unknown) => error);
    expect(await lasting(await waitingFor('ClientRead'))).toEqual([]);
    const next = await claimed(standby, claim.holder);
    expect(await standby.write(BATCH, next, { signal })).toMatchObject({ inserted: 420 });
    proxy.flow();
    expect(await late).toMatchObject({ verdict: 'fenced', outcome: 'not-committed' });
  });
});

describe('a connection that is ended', () => {
  it('while rows are on their way: nothing is committed, and the write says so', async () => {
    proxy.stallAfter(100_000);
    const write = sink.write(BATCH, claim, { signal }).catch((error: unknown) => error);
    await terminate(await waitingFor('ClientRead'));
    expect(await write).toMatchObject({
      code: 'POSTGRES_CONNECTION_LOST',
      verdict: 'retryable',
      outcome: 'not-committed',
    });
    proxy.flow();
    expect(await stored()).toBe(0);
    expect(await sink.write(BATCH, await claimed(sink, claim.holder), { signal })).toMatchObject({ inserted: 420 });
  });

  it('R11 in the transaction: the outcome is unknown until the next claim', async () => {
    await other.query('BEGIN; LOCK TABLE mcall_contacts IN EXCLUSIVE MODE');
    const write = sink.write(BATCH, claim, { signal }).catch((error: unknown) => error);
    await terminate(await waitingFor('relation'));
    expect(await write).toMatchObject({ code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', outcome: 'unknown' });
    await other.query('COMMIT');
    expect(await stored()).toBe(0);
    expect(await sink.write(BATCH, await claimed(sink, claim.holder), { signal })).toMatchObject({ inserted: 420 });
  });

  it('R11 after the commit, before the answer: the outcome is unknown, and the rows are there', async () => {
    await other.query('BEGIN; LOCK TABLE mcall_contacts IN EXCLUSIVE MODE');
    const write = sink.write(BATCH, claim, { signal }).catch((error: unknown) => error);
    const pid = await waitingFor('relation');
    proxy.dropAnswers();
    await other.query('COMMIT');
    await expect.poll(stored, { timeout: 20_000 }).toBe(60);
    await terminate(pid);
    expect(await write).toMatchObject({ code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', outcome: 'unknown' });
    proxy.flow();
    expect(await sink.write(BATCH, await claimed(sink, claim.holder), { signal })).toMatchObject({
      inserted: 0,
      updated: 0,
    });
  });
});

it('says of a write that was cancelled while it waited for a lock that nothing was committed', async () => {
  await other.query('BEGIN; LOCK TABLE mcall_contacts IN EXCLUSIVE MODE');
  const write = sink.write(BATCH, claim, { signal }).catch((error: unknown) => error);
  const pid = await waitingFor('relation');
  await other.query('SELECT pg_cancel_backend($1)', [pid]);
  expect(await write).toMatchObject({ code: 'POSTGRES_BUSY', verdict: 'retryable', outcome: 'not-committed' });
  await other.query('COMMIT');
});

it('ends a write that is aborted, and leaves the sink fit for the next', async () => {
  await other.query('BEGIN; LOCK TABLE mcall_contacts IN EXCLUSIVE MODE');
  const stop = new AbortController();
  const write = sink.write(BATCH, claim, { signal: stop.signal });
  await waitingFor('relation');
  stop.abort();
  await expect(write).rejects.toThrow();
  await other.query('COMMIT');
  await sink.write(BATCH, await claimed(sink, claim.holder), { signal });
  expect(await stored()).toBe(60);
});
