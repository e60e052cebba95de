import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedSinceDay, OVERLAP_MS, PARTLY_READ, SLICE_MS, type Slice, slicesOf } from './window.js';

const instants = fc.integer({ min: 0, max: 4e12 });

it('R3 begins every slice 5 minutes before the end of the one before, and leaves no gap', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 30 * 86_400_000 }), (fromMs, lengthMs) => {
      const slices = [...slicesOf(fromMs, fromMs + lengthMs, () => 1_000)];
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

it('R3 reads quiet years in long slices without a gap, and busy times in short ones again', () => {
  const yearMs = 365 * 86_400_000;
  let entries = 0;
  const slices = [];
  for (const slice of slicesOf(0, 20 * yearMs, () => entries)) {
    entries = slice.fromMs > 19.9 * yearMs ? 1_000 : 0;
    slices.push(slice);
  }
  expect(slices.length).toBeLessThan(1_600);
  for (const [index, slice] of slices.entries()) {
    if (index > 0) expect(slice.fromMs).toBe((slices[index - 1]?.untilMs ?? 0) - OVERLAP_MS);
  }
  expect(slices.slice(-50, -1).every(({ fromMs, untilMs }) => untilMs - fromMs === SLICE_MS)).toBe(true);
});

it('R3 lists from two days before the day of the instant', () => {
  expect(changedSinceDay('2026-03-01T00:00:00.000Z', 2)).toBe('2026-02-27');
  expect(changedSinceDay('2026-03-01T23:59:59.999Z', 2)).toBe('2026-02-27');
});

describe('R2 a slice that could not be read to its end', () => {
  const HOUR_MS = 3_600_000;
  const slicesWhere = (isPartial: (slice: Slice) => boolean, lengthMs: number) => {
    const slices: Slice[] = [];
    const last = () => slices.at(-1);
    for (const slice of slicesOf(0, lengthMs, () => (last() && isPartial(last() as Slice) ? PARTLY_READ : 1_000))) {
      slices.push(slice);
    }
    return slices;
  };

  it('R2 is read again as shorter ones, which cover it without a gap', () => {
    const isLong = ({ fromMs, untilMs }: Slice) => untilMs - fromMs > HOUR_MS;
    const slices = slicesWhere(isLong, 13 * HOUR_MS);
    const whole = slices.filter((slice) => !isLong(slice));
    expect(whole[0]?.fromMs).toBe(0);
    for (const [nr, slice] of whole.entries()) {
      if (nr > 0) expect(slice.fromMs).toBe((whole[nr - 1]?.untilMs ?? 0) - OVERLAP_MS);
    }
    expect(whole.at(-1)).toMatchObject({ untilMs: 13 * HOUR_MS, open: true });
    expect(slices.length - whole.length).toBeLessThan(5);
  });

  it('R2 ends the slices where it is short already', () => {
    const isOpen = ({ open }: Slice) => open;
    const slices = slicesWhere(isOpen, 13 * HOUR_MS);
    expect(slices.filter((slice) => !isOpen(slice)).at(-1)?.untilMs).toBeGreaterThan(12.5 * HOUR_MS);
    expect(slicesWhere(() => true, HOUR_MS / 10)).toHaveLength(1);
    expect(slicesWhere(() => true, 100 * HOUR_MS).length).toBeLessThan(10);
  });
});
