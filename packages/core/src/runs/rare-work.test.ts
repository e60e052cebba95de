import { expect, it } from 'vitest';
import { isDailyDue } from '../discover/cadence.js';
import { createRareWork } from './rare-work.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function createDailyWork() {
  let nowMs = Date.UTC(2026, 2, 10, 12);
  const session = { api: { now: () => nowMs }, context: { clock: { monotonic: () => nowMs } } };
  const work = createRareWork(session as Parameters<typeof createRareWork>[0], (last, now) =>
    isDailyDue(last, now, () => false),
  );
  return {
    work,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

it('is due again a day after work that was done', () => {
  const { work, pass } = createDailyWork();
  expect(work.begin()).toBe(true);
  work.done();
  pass(23 * HOUR_MS);
  expect(work.begin()).toBe(false);
  pass(HOUR_MS);
  expect(work.begin()).toBe(true);
});

it('R2 is due again a quarter of an hour after work that could not be read to its end, as often as it takes', () => {
  const { work, pass } = createDailyWork();
  expect(work.begin()).toBe(true);
  for (let times = 0; times < 3; times += 1) {
    pass(14 * MINUTE_MS);
    expect(work.begin()).toBe(false);
    pass(MINUTE_MS);
    expect(work.begin()).toBe(true);
  }
  work.done();
  pass(23 * HOUR_MS);
  expect(work.begin()).toBe(false);
});
