import { once } from 'node:events';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { type Clock, systemClock } from '../concurrency/clock.js';
import { SinkError, type StoreSink } from '../contract/index.js';
import { ClaimLost } from '../emit/claim-lost.js';
import { guardStore } from '../plugins/guarded-store.js';
import { keepLease, type Lease } from './lease.js';
import { thisProcess } from './process-identity.js';

const { signal } = new AbortController();

/** Sleeps take no time, and move it; those of a whole lease are deadlines, which no call here reaches. */
function steppedClock(): Clock {
  let nowMs = 0;
  const now = () => nowMs;
  const sleep = async (ms: number, end: AbortSignal) => {
    if (ms === 30_000) await once(end, 'abort').then(() => end.throwIfAborted());
    nowMs += ms;
  };
  return { now, monotonic: now, sleep };
}

async function leaseOver(renew: StoreSink['renew'], leaseMs: number, clock: Clock): Promise<Lease> {
  const store = guardStore({ ...createMemoryStore(createMemoryTarget()), renew });
  await store.open({ signal });
  const answer = await store.claim('S', '', { leaseMs, process: thisProcess(), signal });
  if (!answer.granted) throw new Error('not granted');
  return keepLease(store, answer.claim, clock);
}

async function lossOf({ lost }: Lease): Promise<unknown> {
  if (!lost.aborted) await once(lost, 'abort');
  return lost.reason;
}

it('loses the claim of a target that gives no answer for a whole lease, twice', async () => {
  const unanswered: StoreSink['renew'] = (_claim, call) =>
    new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(call.signal.reason)));
  const lease = await leaseOver(unanswered, 30, systemClock);
  expect(await lossOf(lease)).toBeInstanceOf(ClaimLost);
  await lease.end(signal);
});

it('keeps the claim while single renewals fail in passing', async () => {
  let renewals = 0;
  const renewedOften = Promise.withResolvers<void>();
  const everySecond: StoreSink['renew'] = async () => {
    if (++renewals === 9) renewedOften.resolve();
    if (renewals % 2 === 0)
      throw new SinkError('TEST_BUSY', 'locked', { verdict: 'retryable', outcome: 'not-committed' });
  };
  const lease = await leaseOver(everySecond, 30_000, steppedClock());
  await renewedOften.promise;
  expect(lease.lost.aborted).toBe(false);
  await lease.end(signal);
});

it('R10 learns from the next renewal that another process took over while it was frozen in one', async () => {
  let renewals = 0;
  const clock = steppedClock();
  const frozen: StoreSink['renew'] = async () => {
    const isFirst = ++renewals === 1;
    if (isFirst) await clock.sleep(3_600_000, signal);
    const code = isFirst ? 'TEST_LATE' : 'TEST_FENCED';
    throw new SinkError(code, 'no', { verdict: isFirst ? 'retryable' : 'fenced', outcome: 'not-committed' });
  };
  const lease = await leaseOver(frozen, 30_000, clock);
  expect(await lossOf(lease)).toMatchObject({ cause: { code: 'TEST_FENCED' } });
  await lease.end(signal);
});

it('loses the claim when renewals fail in passing for a whole lease', async () => {
  const lease = await leaseOver(
    async () => {
      throw new SinkError('TEST_BUSY', 'locked', { verdict: 'retryable', outcome: 'not-committed' });
    },
    30_000,
    steppedClock(),
  );
  expect(await lossOf(lease)).toBeInstanceOf(ClaimLost);
  await lease.end(signal);
});
