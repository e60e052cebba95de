import { expect, it } from 'vitest';
import { DAILY_MS, isDailyDue, isDue, LISTING_EVERY_MS, listingEveryMs } from './cadence.js';

it('is due at first and when the time has passed since it began', () => {
  expect(isDue(null, 60_000, 0)).toBe(true);
  expect(isDue({ startedMs: 5, tookMs: 1 }, 60_000, 60_004)).toBe(false);
  expect(isDue({ startedMs: 5, tookMs: 1 }, 60_000, 60_005)).toBe(true);
});

it('stretches listings so that they never take over a tenth of the time', () => {
  expect(listingEveryMs(1_000)).toBe(LISTING_EVERY_MS);
  expect(listingEveryMs(60_000)).toBe(600_000);
});

it('is due once a day by the clock of the API', () => {
  expect(isDailyDue(null, 0)).toBe(true);
  expect(isDailyDue('1970-01-01T00:00:00.000Z', DAILY_MS - 1)).toBe(false);
  expect(isDailyDue('1970-01-01T00:00:00.000Z', DAILY_MS)).toBe(true);
});
