import { it } from 'vitest';
import { expectKeptPromises, PATIENCE_MS, tenDays } from './kept-promises.ts';

/** Worlds of copies in memory, with faults of all kinds: a file of their own, so that they run beside those of deliveries. */
const WORLDS = tenDays('memory', ...Array.from({ length: 13 }, (_, nr) => 50_001 + nr));

it.each(WORLDS)(
  'keeps every promise for $days days of bad weather, target $target, seed $seed',
  expectKeptPromises,
  PATIENCE_MS,
);
