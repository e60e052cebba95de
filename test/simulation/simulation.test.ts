import { expect, it } from 'vitest';
import { simulateDays } from './simulate-days.ts';

/** Ample: a slow machine proves nothing. */
const PATIENCE_MS = 30 * 60_000;
/** One world of each target, with faults of all kinds; and one in which both clocks are wrong at once (R4). */
const WORLDS = [
  { target: 'memory', seed: 502, days: 10, kinds: null },
  { target: 'webhook', seed: 601, days: 10, kinds: null },
  { target: 'sqlite', seed: 9, days: 2, kinds: null },
  { target: 'memory', seed: 202, days: 10, kinds: ['wall-jump', 'date-skew', 'kill', 'stop'] },
];
const options = { jobs: 1, target: null, kinds: null, traceFromHour: null, log: () => {} };

it(
  'gives the same world for the same seed, to the last event',
  async () => {
    const wish = { ...options, days: 1, seed: 77 };
    const [first, second] = [await simulateDays(wish), await simulateDays(wish)];
    expect(first.worlds[0]?.hours).toBeGreaterThan(0);
    expect(second.worlds).toEqual(first.worlds);
  },
  PATIENCE_MS,
);

it.each(WORLDS)(
  'keeps every promise for $days days of bad weather, target $target, seed $seed',
  async (world) => {
    const { worlds } = await simulateDays({ ...options, ...world });
    expect(worlds.flatMap(({ violations }) => violations)).toEqual([]);
    expect(worlds.reduce((sum, { hours }) => sum + hours, 0)).toBe(24 * world.days);
    expect(worlds.reduce((sum, { checks }) => sum + (checks.convergence ?? 0), 0)).toBeGreaterThan(10 * world.days);
  },
  PATIENCE_MS,
);
