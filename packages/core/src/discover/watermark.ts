import type { Progress } from '../contract/index.js';

export const NO_PROGRESS: Progress = {
  since: null,
  eventsUntil: null,
  listedFrom: null,
  fullyListedFrom: null,
  inboundUntil: null,
  backfill: null,
  md5Proves: true,
  md5AgreesSince: null,
  plan: null,
};

/** The marks that only ever rise. */
export type Mark = 'eventsUntil' | 'listedFrom' | 'inboundUntil';

/**
 * Progress after everything in `[from, until]` has been committed. A mark moves only where that stretch begins at or
 * before it, so none is ever passed over what nobody read (R1), and it never falls. `from` null: everything.
 */
export function advance(progress: Progress, mark: Mark, from: string | null, until: string): Progress {
  const old = progress[mark];
  if (old !== null && (until <= old || (from !== null && from > old))) return progress;
  return { ...progress, [mark]: until };
}

/** The earlier of two instants; null counts as later than any, so it yields to the other. */
export function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
