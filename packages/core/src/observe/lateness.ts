const INTERVALS = 3;
/** Shorter intervals than a third of this are shorter than a cycle may take. */
const AT_LEAST_MS = 60_000;

/** How far a copy may be behind before it is told, in milliseconds: three intervals, or a minute if that is longer. */
export function lateAfterMs(intervalMs: number): number {
  return Math.max(INTERVALS * intervalMs, AT_LEAST_MS);
}
