import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import type { CallOptions } from '../contract/index.js';
import { createLearnedDeadlines } from './learned-deadline.js';

const { signal } = new AbortController();

/** A call that takes this time, and ends when it is aborted. */
function slow(clock: ReturnType<typeof createDrivenClock>, ms: number) {
  return async (options: CallOptions) => {
    await clock.sleep(ms, options.signal);
    return 'done';
  };
}

it('ends a call that hangs, and gives the next of its kind twice the time', async () => {
  const clock = createDrivenClock();
  const deadlines = createLearnedDeadlines(clock, 1_000);
  const endings: string[] = [];
  for (const ms of [3_500, 3_500, 3_500]) {
    const call = deadlines.run('read', signal, slow(clock, ms));
    call.then(
      (end) => endings.push(end),
      () => endings.push(`late at ${clock.monotonic()}`),
    );
    await clock.pass(10_000);
  }
  expect(endings).toEqual(['late at 1000', 'late at 12000', 'done']);
  const other = deadlines.run('other', signal, slow(clock, 1_500));
  const refused = expect(other).rejects.toThrow();
  await clock.pass(1_001);
  await refused;
});

it('gives no call more than two hours, however long others have hung', async () => {
  const clock = createDrivenClock();
  const deadlines = createLearnedDeadlines(clock, 3_600_000);
  for (const hours of [1, 2, 2]) {
    const late = expect(deadlines.run('read', signal, slow(clock, 90_000_000))).rejects.toThrow(
      `${hours * 3_600_000} ms`,
    );
    await clock.pass(hours * 3_600_000);
    await late;
  }
});

it('keeps to the time that the last one took, and does not learn from a call that its caller ends', async () => {
  const clock = createDrivenClock();
  const deadlines = createLearnedDeadlines(clock, 1_000);
  const leave = new AbortController();
  const left = deadlines.run('read', leave.signal, slow(clock, 500));
  leave.abort(new Error('enough'));
  await expect(left).rejects.toThrow('enough');
  const late = expect(deadlines.run('read', signal, slow(clock, 1_500))).rejects.toThrow();
  await clock.pass(1_001);
  await late;
});
