import { expect, it } from 'vitest';
import { simulateDays } from './simulate-days.ts';

/** Ample: a slow machine proves nothing. */
const PATIENCE_MS = 15 * 60_000;
const quiet = { jobs: 1, target: null, mutation: null, traceFromHour: null, log: () => {} };

it(
  'gives the same world for the same seed, to the last event',
  async () => {
    const options = { ...quiet, days: 1, seed: 77, kinds: null };
    const [first, second] = [await simulateDays(options), await simulateDays(options)];
    expect(first.worlds[0]?.hours).toBeGreaterThan(0);
    expect(second.worlds).toEqual(first.worlds);
  },
  PATIENCE_MS,
);

it(
  'keeps every promise while processes are killed, stopped and frozen',
  async () => {
    const { worlds } = await simulateDays({ ...quiet, days: 2, seed: 1, kinds: ['kill', 'stop', 'freeze'] });
    expect(worlds.flatMap(({ violations }) => violations)).toEqual([]);
    expect(worlds.reduce((sum, { checks }) => sum + (checks.convergence ?? 0), 0)).toBeGreaterThan(10);
  },
  PATIENCE_MS,
);
