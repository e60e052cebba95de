import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMemoryStore, createMemoryTarget, sampleContact } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { systemClock } from '../concurrency/clock.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import { type Batch, SinkError, type StoreSink, type WriteResult } from '../contract/index.js';
import { createBatchWriter } from './batch-writer.js';
import { ClaimLost } from './claim-lost.js';

const signal = new AbortController().signal;
let passedMs = 0;
const clock = { ...systemClock, sleep: () => nextTurn(), monotonic: () => passedMs };
const process = { host: 'h', bootId: 'b', pid: 1, startedAt: '1' };

/** A memory store whose first writes end as given, and a writer before it. */
function writerOver(...endings: ((write: () => Promise<WriteResult>) => Promise<WriteResult>)[]) {
  return writerWith((_batch, write) => (endings.shift() ?? ((go) => go()))(write));
}

/** The same with a store that fails for some contacts, and does not know why. */
function writerFailingFor(bad: RegExp) {
  return writerWith(async (batch, write) => {
    if (!batch.contacts.some(({ contactId }) => bad.test(contactId))) return write();
    const details = { verdict: 'retryable', outcome: 'not-committed', isUnclassified: true } as const;
    throw new SinkError('TEST_UNKNOWN', 'error 4711', details);
  });
}

async function writerWith(ending: (batch: Batch, write: () => Promise<WriteResult>) => Promise<WriteResult>) {
  const memory = createMemoryStore(createMemoryTarget());
  const store: StoreSink = {
    ...memory,
    write: (batch, claim, options) => ending(batch, () => memory.write(batch, claim, options)),
  };
  const answer = await store.claim('S', '', { leaseMs: 60_000, process, signal });
  if (!answer.granted) throw new Error('not granted');
  let retries = 0;
  const onRetry = () => void retries++;
  const onWritten = () => {};
  const writer = createBatchWriter({
    store,
    claim: answer.claim,
    clock,
    storeClock: systemClock,
    gate: createSemaphore(9),
    deadLetters: { stream: answer.claim.stream, now: () => '2026-03-02T08:00:00.000Z' },
    signal,
    onFailure: () => {},
    onRetry,
    onWritten,
  });
  return { writer, store, claim: answer.claim, retriesSoFar: () => retries };
}

const failing = (verdict: SinkError['verdict'], outcome: SinkError['outcome']) => async () => {
  throw new SinkError('TEST_FAILED', 'no', { verdict, outcome });
};

it('repeats a write that certainly did not commit, for as long as that passes', async () => {
  const busy = failing('retryable', 'not-committed');
  const { writer, retriesSoFar } = await writerOver(busy, busy, busy);
  await writer.write({ settled: [] });
  expect(retriesSoFar()).toBe(3);
});

it('R11 repeats nothing after a write whose outcome is unknown: the claim is lost', async () => {
  const { writer, retriesSoFar } = await writerOver(async (write) => {
    await write();
    throw new SinkError('TEST_BROKEN', 'the connection broke', { verdict: 'retryable', outcome: 'unknown' });
  });
  await expect(writer.write({})).rejects.toBeInstanceOf(ClaimLost);
  expect(retriesSoFar()).toBe(0);
});

it('R11 takes an error that the sink does not explain for an unknown outcome', async () => {
  const { writer } = await writerOver(() => Promise.reject(new RangeError('oops')));
  await expect(writer.write({})).rejects.toBeInstanceOf(ClaimLost);
});

it('R10 ends the claim when the fence misses', async () => {
  const { writer, store, claim } = await writerOver();
  await store.claim('S', '', { leaseMs: 60_000, process, signal, takeOverFrom: claim.holder });
  await expect(writer.write({})).rejects.toBeInstanceOf(ClaimLost);
});

it('passes a fatal error on as it is', async () => {
  const { writer } = await writerOver(failing('fatal', 'not-committed'));
  await expect(writer.write({})).rejects.toMatchObject({ code: 'TEST_FAILED', verdict: 'fatal' });
});

it('passes a fatal error on though its outcome is unknown: nothing is repeated after it', async () => {
  const { writer } = await writerOver(failing('fatal', 'unknown'));
  await expect(writer.write({})).rejects.toMatchObject({ code: 'TEST_FAILED', verdict: 'fatal' });
});

it('R10 ends the claim when the connection was lost, though nothing was committed: the next one may lead elsewhere', async () => {
  const { writer, retriesSoFar } = await writerOver(async () => {
    throw new SinkError('TEST_LOST', 'gone', { verdict: 'retryable', outcome: 'not-committed', connectionLost: true });
  });
  await expect(writer.write({})).rejects.toBeInstanceOf(ClaimLost);
  expect(retriesSoFar()).toBe(0);
});

it('R34 makes a contact that alone fails with an error that the store does not know a dead letter', async () => {
  const { writer, store, claim } = await writerFailingFor(/B2/);
  await writer.write({ contacts: ['A1', 'B2', 'C3'].map((id) => sampleContact(id)) });
  const letters = await store.listDeadLetters('S', { limit: 9, signal });
  expect(letters).toMatchObject([{ kind: 'contact', contactId: 'B2', code: 'TEST_UNKNOWN' }]);
  expect([...(await store.readVersions(claim, ['A1', 'C3'], { signal })).keys()]).toEqual(['A1', 'C3']);
  writer.mayFail(['B2']);
  await writer.write({ contacts: [sampleContact('B2')] });
  expect((await store.listDeadLetters('S', { limit: 9, signal }))[0]?.attempts).toBe(2);
});

it('R34 waits with a contact that fails on its own until another one is written', async () => {
  const { writer, store, retriesSoFar } = await writerFailingFor(/B2/);
  const alone = writer.write({ contacts: [sampleContact('B2')] });
  while (retriesSoFar() < 7) await nextTurn();
  expect(await store.listDeadLetters('S', { limit: 9, signal })).toEqual([]);
  await writer.write({ contacts: [sampleContact('A1')] });
  await alone;
  expect(await store.listDeadLetters('S', { limit: 9, signal })).toMatchObject([{ contactId: 'B2' }]);
});

it('R34 makes a contact of a quiet campaign a dead letter after five minutes, and no more than three in a row', async () => {
  const { writer, store, retriesSoFar } = await writerFailingFor(/^B/);
  const letters = async () =>
    (await store.listDeadLetters('S', { limit: 9, signal })).map(({ contactId }) => contactId);
  const failAlone = async (id: string) => {
    const before = retriesSoFar();
    const write = writer.write({ contacts: [sampleContact(id)] });
    while (retriesSoFar() < before + 7) await nextTurn();
    passedMs += 5 * 60_000;
    return write;
  };
  for (const id of ['B1', 'B2', 'B3']) await failAlone(id);
  expect((await letters()).sort()).toEqual(['B1', 'B2', 'B3']);
  const fourth = failAlone('B4');
  const soFar = retriesSoFar();
  while (retriesSoFar() < soFar + 20) await nextTurn();
  expect((await letters()).sort()).toEqual(['B1', 'B2', 'B3']);
  await writer.write({ contacts: [sampleContact('A1')] });
  await fourth;
  await failAlone('B5');
  expect((await letters()).sort()).toEqual(['B1', 'B2', 'B3', 'B4', 'B5']);
});
