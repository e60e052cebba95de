import { expect, it } from 'vitest';
import { type GoodWorld, itKeepsEveryPromise, PATIENCE_MS, tenDays } from './kept-promises.ts';
import { simulateDays } from './simulate-days.ts';

/** Worlds of copies, with faults of all kinds; and one in which both clocks are wrong at once (R4). */
const WORLDS: readonly GoodWorld[] = [
  ...tenDays('memory', 502, 20004),
  { target: 'sqlite', seed: 9, days: 2, kinds: null },
  { target: 'memory', seed: 202, days: 10, kinds: ['wall-jump', 'date-skew', 'kill', 'stop'] },
];

it(
  'gives the same world for the same seed, to the last event',
  async () => {
    const options = { jobs: 1, target: null, kinds: null, traceFromHour: null, log: () => {}, days: 1, seed: 77 };
    const [first, second] = [await simulateDays(options), await simulateDays(options)];
    expect(first.worlds[0]?.hours).toBeGreaterThan(0);
    expect(second.worlds).toEqual(first.worlds);
  },
  PATIENCE_MS,
);

itKeepsEveryPromise(WORLDS);
