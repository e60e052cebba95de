const INTERVALS = 3;
/**
 * The smallest bound: a third of it is as long as a cycle may take, so shorter intervals do not lower the bound
 * further.
 */
const AT_LEAST_MS = 60_000;

/**
 * Returns how far a copy may be behind before dbsync reports it, in milliseconds: three intervals, or a minute if that
 * is longer.
 */
export function lateAfterMs(intervalMs: number): number {
  return Math.max(INTERVALS * intervalMs, AT_LEAST_MS);
}
