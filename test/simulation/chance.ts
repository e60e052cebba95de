import { seededRandom } from '../chaos/seeded-random.ts';

/** Draws of one kind in one world. Two kinds never share one, so a change of the code under test changes no weather. */
export interface Chance {
  /** Draws uniformly from [0, 1). */
  random(): number;
  happens(probability: number): boolean;
  /** Draws a whole number from 0 to below `limit`. */
  upTo(limit: number): number;
  between(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
}

export function createChance(seed: number, kind: string): Chance {
  let mixed = seed;
  for (const letter of kind) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193);
  const random = seededRandom(mixed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  return {
    random,
    happens: (probability) => random() < probability,
    upTo,
    between: (from, to) => from + Math.floor(random() * (to - from + 1)),
    pick: (items) => items[upTo(items.length)] as (typeof items)[number],
  };
}
