import { expect, it } from 'vitest';
import { simulateDays } from './simulate-days.ts';
import type { TargetName } from './simulated-target.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** A world that keeps every promise. */
export interface GoodWorld {
  readonly target: TargetName;
  readonly seed: number;
  readonly days: number;
  /** Kinds of faults; null: all. */
  readonly kinds: readonly string[] | null;
}

/** A long time-out: a slow machine proves nothing. */
export const PATIENCE_MS = 30 * 60_000;

/**
 * Defines a test for each of these worlds. Worlds that differ in their seed alone run in one process: the first world of
 * a process takes some seconds longer, until its code is compiled.
 */
export function itKeepsEveryPromise(worlds: readonly GoodWorld[]): void {
  const results = new Map<string, Promise<readonly SimulatedWorld[]>>();
  const resultOf = async (world: GoodWorld): Promise<SimulatedWorld | undefined> => {
    const key = kindOf(world);
    const result = results.get(key) ?? simulate(worlds.filter((other) => kindOf(other) === key));
    results.set(key, result);
    return (await result).find(({ seed }) => seed === world.seed);
  };
  it.each(worlds)(
    'keeps every promise for $days days of bad weather, target $target, seed $seed',
    async (world) => {
      const result = await resultOf(world);
      expect(result?.violations).toEqual([]);
      expect(result?.hours).toBe(24 * world.days);
      expect(result?.checks.convergence).toBeGreaterThan(10 * world.days);
    },
    PATIENCE_MS,
  );
}

function kindOf({ target, days, kinds }: GoodWorld): string {
  return JSON.stringify([target, days, kinds]);
}

/** Simulates worlds that differ in their seed alone. */
async function simulate(worlds: readonly GoodWorld[]): Promise<readonly SimulatedWorld[]> {
  const [first] = worlds;
  if (first === undefined) return [];
  const { days, seed, target, kinds } = first;
  const seeds = worlds.map((world) => world.seed);
  const report = await simulateDays({ days, seed, seeds, target, kinds, jobs: 1, traceFromHour: null, log: () => {} });
  return report.worlds;
}

/** Returns worlds of ten days with faults of all kinds. */
export function tenDays(target: TargetName, ...seeds: readonly number[]): readonly GoodWorld[] {
  return seeds.map((seed) => ({ target, seed, days: 10, kinds: null }));
}
