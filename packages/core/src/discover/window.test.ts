import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changedSinceDay, OVERLAP_MS, SLICE_MS, slicesOf } from './window.js';

const instants = fc.integer({ min: 0, max: 4e12 });

it('R3 begins every slice 5 minutes before the end of the one before, and leaves no gap', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 30 * 86_400_000 }), (fromMs, lengthMs) => {
      const slices = [...slicesOf(fromMs, fromMs + lengthMs)];
      expect(slices[0]?.fromMs).toBe(fromMs);
      expect(slices.at(-1)).toMatchObject({ untilMs: fromMs + lengthMs, open: true });
      for (const [index, slice] of slices.entries()) {
        expect(slice.untilMs - slice.fromMs).toBeLessThanOrEqual(SLICE_MS);
        const next = slices[index + 1];
        if (next) expect(next.fromMs).toBe(slice.untilMs - OVERLAP_MS);
        expect(slice.open).toBe(next === undefined);
      }
    }),
  );
});

it('R3 lists from two days before the day of the instant', () => {
  expect(changedSinceDay('2026-03-01T00:00:00.000Z', 2)).toBe('2026-02-27');
  expect(changedSinceDay('2026-03-01T23:59:59.999Z', 2)).toBe('2026-02-27');
});
