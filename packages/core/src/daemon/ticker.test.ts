import { afterEach, expect, it, vi } from 'vitest';
import { processTicker } from './ticker.js';

afterEach(() => void vi.useRealTimers());

const DAY_MS = 86_400_000;

/** The wall clock jumps while the ticker sleeps before its next tick. */
async function tickAcross(jumpMs: number): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'] });
  const stop = new AbortController();
  const ticks = processTicker(1_000)(stop.signal)[Symbol.asyncIterator]();
  await ticks.next();
  const next = ticks.next();
  vi.setSystemTime(Date.now() + jumpMs);
  await next;
  stop.abort();
  expect(await ticks.next()).toMatchObject({ done: true });
}

it('ticks on when the wall clock is set back', () => tickAcross(-120_000));

it('makes no step for each second that the wall clock leaps over', async () => {
  const steps = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts');
  await tickAcross(DAY_MS / 24);
  expect(steps.mock.calls.length).toBeLessThan(100);
});

it('ticks at once, and ends where the signal aborts during a sleep', async () => {
  const stop = new AbortController();
  const ticks = processTicker(60_000)(stop.signal)[Symbol.asyncIterator]();
  expect(await ticks.next()).toMatchObject({ done: false });
  const next = ticks.next();
  stop.abort();
  expect(await next).toMatchObject({ done: true });
});
