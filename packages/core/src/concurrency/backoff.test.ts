import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffDelayMs } from './backoff.js';

const backoff = { firstMs: 100, maxMs: 5_000 };

it('doubles its upper bound with each attempt up to the maximum, and spreads evenly below it', () => {
  const highest = (attempt: number) => backoffDelayMs(backoff, attempt, { random: () => 1 });
  expect([1, 2, 3, 6, 7, 1000].map(highest)).toEqual([100, 200, 400, 3_200, 5_000, 5_000]);
  expect(backoffDelayMs(backoff, 3, { random: () => 0.5 })).toBe(200);
});

it('never comes before what the other side asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 99 }),
      fc.nat(90_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, ms, r) => {
        expect(backoffDelayMs(backoff, n, { retryAfterMs: ms, random: () => r })).toBeGreaterThanOrEqual(ms);
      },
    ),
  );
});
