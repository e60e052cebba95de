import { describe, expect, it } from 'vitest';
import { DAILY_MS, isDailyDue, isDue, isDueByEither, isListingDue, LISTING_EVERY_MS } from './cadence.js';

const HOUR_MS = 3_600_000;

it('is due at first and when the time has passed since it began', () => {
  expect(isDue(null, 60_000, 0)).toBe(true);
  expect(isDue({ startedMs: 5, tookMs: 1 }, 60_000, 60_004)).toBe(false);
  expect(isDue({ startedMs: 5, tookMs: 1 }, 60_000, 60_005)).toBe(true);
});

describe('a listing', () => {
  const last = { startedMs: 0, tookMs: 60_000 };

  it('comes every five minutes', () => {
    expect(isListingDue(null, 0, 0)).toBe(true);
    expect(isListingDue(last, 1_000, LISTING_EVERY_MS - 1)).toBe(false);
    expect(isListingDue(last, 1_000, LISTING_EVERY_MS)).toBe(true);
  });

  it('comes more rarely where its requests are slow, so that they take a tenth of the time', () => {
    expect(isListingDue(last, 60_000, 599_999)).toBe(false);
    expect(isListingDue(last, 60_000, 600_000)).toBe(true);
  });

  it('R2 does not come later for the time that it waited, and comes an hour after the last one at the latest', () => {
    expect(isListingDue({ startedMs: 0, tookMs: 10 * HOUR_MS }, 1_000, 10 * HOUR_MS)).toBe(true);
    expect(isListingDue(last, 10 * HOUR_MS, 60_000 + HOUR_MS - 1)).toBe(false);
    expect(isListingDue(last, 10 * HOUR_MS, 60_000 + HOUR_MS)).toBe(true);
  });
});

describe('what comes round by two clocks', () => {
  const last = { apiMs: 1_000, monotonicMs: 0 };

  it('is due at first, and by whichever clock says so first', () => {
    expect(isDueByEither({ apiMs: null, monotonicMs: null }, 100, { apiMs: 0, monotonicMs: 0 })).toBe(true);
    expect(isDueByEither(last, 100, { apiMs: 1_099, monotonicMs: 99 })).toBe(false);
    expect(isDueByEither(last, 100, { apiMs: -9_999, monotonicMs: 100 })).toBe(true);
    expect(isDueByEither(last, 100, { apiMs: 1_100, monotonicMs: 0 })).toBe(true);
  });
});

describe('the work of a day', () => {
  const always = () => true;
  const never = () => false;
  const last = { apiMs: 0, monotonicMs: 0 };
  const at = (ms: number) => ({ apiMs: ms, monotonicMs: ms });

  it('is due where it was never done, and a day after the last time', () => {
    expect(isDailyDue({ apiMs: null, monotonicMs: null }, at(0), never)).toBe(true);
    expect(isDailyDue(last, at(DAILY_MS - 1), never)).toBe(false);
    expect(isDailyDue(last, at(DAILY_MS), never)).toBe(true);
    expect(isDailyDue({ apiMs: 0, monotonicMs: null }, at(DAILY_MS), never)).toBe(true);
  });

  it('is due in its slot, unless that comes soon after the last time', () => {
    expect(isDailyDue(last, at(12 * HOUR_MS - 1), always)).toBe(false);
    expect(isDailyDue(last, at(12 * HOUR_MS), always)).toBe(true);
  });

  it('R4 is not put off by a last time that lies in the future', () => {
    const future = { apiMs: 10 * DAILY_MS, monotonicMs: null };
    expect(isDailyDue(future, at(0), never)).toBe(true);
    expect(isDailyDue({ ...future, monotonicMs: 0 }, { apiMs: 0, monotonicMs: HOUR_MS }, never)).toBe(true);
  });

  it('R4 is due by the monotonic clock where the clock of the API was set back, and is not due again and again', () => {
    expect(isDailyDue(last, { apiMs: -HOUR_MS / 10, monotonicMs: DAILY_MS }, never)).toBe(true);
    expect(isDailyDue(last, { apiMs: 30 * DAILY_MS, monotonicMs: HOUR_MS - 1 }, always)).toBe(false);
  });

  it('is due by the clock of the API where the machine slept for days, in which the monotonic clock stood still', () => {
    expect(isDailyDue(last, { apiMs: 3 * DAILY_MS, monotonicMs: HOUR_MS }, never)).toBe(true);
  });
});
