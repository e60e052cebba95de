import fc from 'fast-check';
import { expect, it } from 'vitest';
import { olderCallsStretch } from './older-calls.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 2, 2);

it('R16b the stretches of 30 days leave out no instant between the begin of a copy and a week ago', () => {
  const someDays = fc.integer({ min: 8, max: 4_000 });
  const firstHours = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(someDays, firstHours, fc.double({ min: 0, max: 1, noNaN: true }), (days, hours, share) => {
      const startMs = NOW_MS + hours * HOUR_MS;
      const beginMs = startMs - days * DAY_MS;
      const stretches = Array.from({ length: 713 }, (_, nr) => startMs + nr * HOUR_MS).map((nowMs) =>
        olderCallsStretch(nowMs, beginMs, nowMs - 7 * DAY_MS),
      );
      const callMs = beginMs + share * (startMs - 7 * DAY_MS - beginMs);
      const isRead = stretches.some((stretch) => stretch && stretch.fromMs <= callMs && callMs <= stretch.untilMs);
      expect(isRead).toBe(true);
    }),
  );
});

it('a stretch of ten years takes five days and two hours', () => {
  const stretch = olderCallsStretch(NOW_MS, NOW_MS - 3_607 * DAY_MS, NOW_MS - 7 * DAY_MS);
  expect(((stretch?.untilMs ?? 0) - (stretch?.fromMs ?? 0)) / HOUR_MS).toBeCloseTo(122.4, 0);
});

it('a copy of less than a week has none', () => {
  expect(olderCallsStretch(NOW_MS, NOW_MS - 6 * DAY_MS, NOW_MS - 7 * DAY_MS)).toBeNull();
});

it('R16b leaves out no stretch where the machine is off for twelve hours of each day', () => {
  const hours = Array.from({ length: 120 * 24 }, (_, nr) => nr).filter((nr) => nr % 24 >= 8 && nr % 24 < 20);
  const stretches = hours.map((nr) => olderCallsStretch(NOW_MS + nr * HOUR_MS, 0, NOW_MS));
  const starts = new Set(stretches.map((stretch) => stretch?.fromMs));
  expect(starts.size).toBe(713);
});
