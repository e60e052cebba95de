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

/** The watermarks that only rise. */
export type Mark = 'eventsUntil' | 'listedFrom' | 'inboundUntil';

/**
 * Returns the progress after everything in `[from, until]` has been committed. A mark moves only if that stretch begins
 * at or before the mark, so it never passes over a stretch that was not read (R1), and it never falls. `from` null:
 * everything.
 */
export function advance(progress: Progress, mark: Mark, from: string | null, until: string): Progress {
  const old = progress[mark];
  if (old !== null && (until <= old || (from !== null && from > old))) return progress;
  return { ...progress, [mark]: until };
}

/** Returns the earlier of two instants. Null counts as later than any instant, so the other one is returned. */
export function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
