import { OVERLAP_MS } from './window.js';

const HOUR_MS = 3_600_000;
/** So many hours, 30 days, take all stretches once. */
const STRETCHES = 720;

/** Instants in milliseconds. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The number of the hour whose stretch of older inbound calls is due. */
export function hourOf(nowMs: number): number {
  return Math.floor(nowMs / HOUR_MS);
}

/**
 * Returns the stretch of inbound calls that this hour reads again: one of 720 parts of the time between these instants, so
 * all of that time comes round within 30 days. Null where it is empty. A stretch begins before the end of the one before:
 * all of them grow while the end moves on.
 */
export function olderCallsStretch(nowMs: number, beginMs: number, endMs: number): Stretch | null {
  if (endMs <= beginMs) return null;
  const lengthMs = (endMs - beginMs) / STRETCHES;
  const startMs = Math.floor(beginMs + (hourOf(nowMs) % STRETCHES) * lengthMs);
  return { fromMs: Math.max(beginMs, startMs - HOUR_MS - OVERLAP_MS), untilMs: Math.ceil(startMs + lengthMs) };
}
