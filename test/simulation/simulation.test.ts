import { expect, it } from 'vitest';
import { simulateDays } from './simulate-days.ts';

/** Ample: a slow machine proves nothing. */
const PATIENCE_MS = 30 * 60_000;
const DAYS = 20;
/** The faults under which long runs have kept every promise so far; docs/reliability.md names the others. */
const KINDS = [
  'kill',
  'stop',
  'freeze',
  'api-down',
  'stray-status',
  'broken-answers',
  'lagging-replica',
  'store-down',
  'target-down',
  'set-back',
];
const options = { jobs: 1, target: null, mutation: null, traceFromHour: null, log: () => {} };

it(
  'gives the same world for the same seed, to the last event',
  async () => {
    const wish = { ...options, days: 1, seed: 77, kinds: null };
    const [first, second] = [await simulateDays(wish), await simulateDays(wish)];
    expect(first.worlds[0]?.hours).toBeGreaterThan(0);
    expect(second.worlds).toEqual(first.worlds);
  },
  PATIENCE_MS,
);

it(
  `keeps every promise for ${DAYS} days of bad weather`,
  async () => {
    const { worlds } = await simulateDays({ ...options, days: DAYS, seed: 1, kinds: KINDS });
    expect(worlds.flatMap(({ violations }) => violations)).toEqual([]);
    expect(worlds.reduce((sum, { hours }) => sum + hours, 0)).toBe(24 * DAYS);
    expect(worlds.reduce((sum, { checks }) => sum + (checks.convergence ?? 0), 0)).toBeGreaterThan(10 * DAYS);
  },
  PATIENCE_MS,
);
