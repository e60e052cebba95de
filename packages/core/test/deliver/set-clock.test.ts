import { describe, expect, it } from 'vitest';
import { startBench } from '../../../../test/harness/delivery-bench.ts';
import type { Verdict } from '../../src/contract/index.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const accepted: Verdict = { verdict: 'accepted' };
const failed: Verdict = { verdict: 'retry', reason: 'HTTP 500', answer: 'oops', fault: 'message' };

/** The monotonic instants of all attempts of a message that always fails, where the clock is set after its second attempt. */
async function attemptsAcross(jumpMs: number) {
  const bench = startBench();
  const attempts: number[] = [];
  bench.onDeliver = ({ contactId }) => {
    if (contactId === 'works') return accepted;
    attempts.push(bench.clock.monotonic());
    return failed;
  };
  bench.queue.add('works');
  const id = bench.queue.add('fails');
  await bench.clock.pass(MINUTE_MS);
  bench.clock.jump(jumpMs);
  await bench.clock.pass(74 * HOUR_MS);
  const outcome = bench.outcomeOf(id)?.outcome;
  await bench.clock.pass(2 * HOUR_MS);
  return { attempts, outcome, last: bench.outcomeOf(id)?.outcome };
}

describe('where the wall clock is set while deliveries go out', () => {
  it.each([
    ['two hours back', -2 * HOUR_MS],
    ['30 days back', -30 * DAY_MS],
    ['30 days ahead', 30 * DAY_MS],
  ])('R33 each pause is as long as it was, and the 75 hours are: %s', async (_, jumpMs) => {
    const unmoved = await attemptsAcross(0);
    expect(unmoved.attempts).toHaveLength(10);
    expect(await attemptsAcross(jumpMs)).toEqual(unmoved);
    expect(unmoved).toMatchObject({ outcome: 'failed', last: 'dead' });
  });

  it('R33 an attempt under way does not spend the 75 hours', async () => {
    const bench = startBench();
    const id = bench.queue.add('fails');
    bench.onDeliver = async ({ contactId }) => {
      if (contactId === 'works') return accepted;
      await bench.clock.sleep(10 * SECOND_MS, new AbortController().signal);
      return failed;
    };
    bench.queue.add('works');
    await bench.clock.pass(17 * SECOND_MS);
    expect(bench.outcomeOf(id)?.outcome).toBe('failed');
    bench.clock.jump(30 * DAY_MS);
    await bench.clock.pass(20 * SECOND_MS);
    expect(bench.queue.settled.filter((end) => end.id === id).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
    ]);
  });
});
