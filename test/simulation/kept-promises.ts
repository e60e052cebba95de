import { expect } from 'vitest';
import { simulateDays } from './simulate-days.ts';
import type { TargetName } from './simulated-target.ts';

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

/** Simulates the world to its end, and asserts that no promise was broken and that each was checked. */
export async function expectKeptPromises(world: GoodWorld): Promise<void> {
  const { worlds } = await simulateDays({ jobs: 1, traceFromHour: null, log: () => {}, ...world });
  expect(worlds.flatMap(({ violations }) => violations)).toEqual([]);
  expect(worlds.reduce((sum, { hours }) => sum + hours, 0)).toBe(24 * world.days);
  expect(worlds.reduce((sum, { checks }) => sum + (checks.convergence ?? 0), 0)).toBeGreaterThan(10 * world.days);
}

/** Returns worlds of ten days with faults of all kinds. */
export function tenDays(target: TargetName, ...seeds: readonly number[]): readonly GoodWorld[] {
  return seeds.map((seed) => ({ target, seed, days: 10, kinds: null }));
}
