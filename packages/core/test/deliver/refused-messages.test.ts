import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../test/chaos/seeded-random.ts';
import { startBench } from '../../../../test/harness/delivery-bench.ts';
import type { Verdict } from '../../src/contract/index.ts';
import { createTokenBucket } from '../../src/deliver/token-bucket.ts';

const SECOND_MS = 1_000;
const CONTACTS = 20_000;
const NEVER = new AbortController().signal;

const accepted: Verdict = { verdict: 'accepted' };
const refused: Verdict = { verdict: 'retry', reason: 'HTTP 422', answer: '', fault: 'message' };

interface World {
  /** The share of contacts, in percent, whose messages are answered 422 for good. */
  readonly refusedPercent: number;
  readonly hours: number;
  /** The time that the target takes to refuse one. */
  readonly refusesAfterMs?: number;
  readonly concurrency?: number;
}

/** Plays a campaign with a transaction each five seconds. Returns the delays of all healthy deliveries, sorted. */
async function delaysOf({
  refusedPercent,
  hours,
  refusesAfterMs = 0,
  concurrency = 16,
}: World): Promise<readonly number[]> {
  const bench = startBench({ concurrency, bucket: createTokenBucket({ perSecond: 5, burst: 10 }) });
  const random = seededRandom(31);
  const queuedMs = new Map<string, number>();
  const delays: number[] = [];
  const isRefused = (contact: number) => contact % 100 < refusedPercent;
  bench.onDeliver = async ({ contactId, id }) => {
    const isHealthy = !isRefused(Number(contactId));
    if (!isHealthy && refusesAfterMs > 0) await bench.clock.sleep(refusesAfterMs, NEVER);
    if (isHealthy) delays.push(bench.clock.monotonic() - (queuedMs.get(id) ?? 0));
    return isHealthy ? accepted : refused;
  };
  for (let nr = 0; nr < hours * 720; nr += 1) {
    const contact = Math.floor(random() * CONTACTS);
    queuedMs.set(bench.queue.add(String(contact), bench.clock.now()), bench.clock.monotonic());
    bench.loop.wake();
    await bench.clock.pass(5 * SECOND_MS);
  }
  await bench.clock.pass(10 * 60 * SECOND_MS);
  bench.stop();
  await bench.clock.pass(30 * SECOND_MS);
  await bench.ended;
  expect(delays).toHaveLength(bench.queue.settled.filter(({ outcome }) => outcome === 'accepted').length);
  return delays.sort((a, b) => a - b);
}

describe('R31 messages that are refused for good', () => {
  it.each([20, 35, 50, 80])(
    'R31 with %i in 100 of the contacts refused for a day, healthy deliveries wait for seconds',
    async (refusedPercent) => {
      const delays = await delaysOf({ refusedPercent, hours: 24 });
      expect(delays.length).toBeGreaterThan(24 * 720 * (1 - refusedPercent / 100) * 0.95);
      expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(5 * SECOND_MS);
      expect(delays[Math.floor(delays.length * 0.99)]).toBeLessThan(60 * SECOND_MS);
    },
  );

  it('R31 slow refusals do not take the slots of healthy deliveries', async () => {
    const delays = await delaysOf({ refusedPercent: 80, hours: 2, refusesAfterMs: 25_000, concurrency: 12 });
    expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(SECOND_MS / 10);
    expect(delays[Math.floor(delays.length * 0.99)]).toBeLessThan(60 * SECOND_MS);
  });

  it('R31 retries do not take the rate of first attempts, and are not starved by them', async () => {
    const bench = startBench({ bucket: createTokenBucket({ perSecond: 1, burst: 1 }) });
    bench.onDeliver = ({ contactId }) => (contactId.startsWith('refused') ? refused : accepted);
    for (let nr = 0; nr < 200; nr += 1) bench.queue.add(`refused ${nr}`);
    await bench.clock.pass(300 * SECOND_MS);
    const before = bench.sent.length;
    for (let nr = 0; nr < 300; nr += 1) bench.queue.add(`healthy ${nr}`);
    bench.loop.wake();
    await bench.clock.pass(100 * SECOND_MS);
    const healthy = bench.sent.slice(before).filter(({ contactId }) => contactId.startsWith('healthy'));
    expect(healthy.length).toBeGreaterThanOrEqual(70);
    expect(healthy.length).toBeLessThanOrEqual(80);
  });
});
