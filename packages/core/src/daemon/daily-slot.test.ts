import { expect, it } from 'vitest';
import { dailySlotOf } from './daily-slot.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function minutesOfSlot(campaign: string, startMs: number): readonly number[] {
  const isSlot = dailySlotOf(campaign);
  return Array.from({ length: 1_440 }, (_, minute) => minute).filter((minute) => isSlot(startMs + minute * MINUTE_MS));
}

it('is one hour of the night, the same each day', () => {
  const first = minutesOfSlot('CAMPAIGN', Date.UTC(2026, 2, 2));
  expect(first).toHaveLength(60);
  expect(first.at(-1)).toBe((first[0] ?? 0) + 59);
  expect(first.at(-1)).toBeLessThan(6 * 60);
  expect(minutesOfSlot('CAMPAIGN', Date.UTC(2027, 9, 31))).toEqual(first);
});

it('differs between campaigns', () => {
  const begins = new Set(['A', 'B', 'C', 'D'].map((campaign) => minutesOfSlot(campaign, 20_000 * DAY_MS)[0]));
  expect(begins.size).toBeGreaterThan(2);
});
