import { OVERLAP_MS } from './window.js';

const HOUR_MS = 3_600_000;
/**
 * The number of stretches. One is read each hour, so all of them take 30 days. The next time a stretch is due seven hours
 * earlier in the day, so a machine that is off at the same hours each day reads all of them too, though later.
 */
export const STRETCHES = 713;

/** A stretch of time; instants in milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Returns the number of the hour. It decides which stretch of older inbound calls is due. */
export function hourOf(nowMs: number): number {
  return Math.floor(nowMs / HOUR_MS);
}

/**
 * Returns the stretch of inbound calls that dbsync reads again in this hour: one of 713 parts of the time between these
 * instants, so that all of that time is read again within 30 days. Returns null if that time is empty. A stretch begins
 * before the end of the one before, because all stretches grow while the end moves on.
 */
export function olderCallsStretch(nowMs: number, beginMs: number, endMs: number): Stretch | null {
  if (endMs <= beginMs) return null;
  const lengthMs = (endMs - beginMs) / STRETCHES;
  const startMs = Math.floor(beginMs + (hourOf(nowMs) % STRETCHES) * lengthMs);
  return { fromMs: Math.max(beginMs, startMs - HOUR_MS - OVERLAP_MS), untilMs: Math.ceil(startMs + lengthMs) };
}
