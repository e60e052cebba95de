/** Every window and slice begins this much before the end of the one before: events appear late. */
export const OVERLAP_MS = 5 * 60_000;
/** A window longer than this is read in slices, each with a checkpoint of its own. */
export const SLICE_MS = 6 * 3_600_000;

/** A stretch of time to read; instants in milliseconds. */
export interface Slice {
  readonly fromMs: number;
  /** Where the next slice goes on; what is complete up to here may be recorded. */
  readonly untilMs: number;
  /** The newest slice has no upper bound: what appears while it is read is welcome. */
  readonly open: boolean;
}

/** Slices that cover `[fromMs, nowMs]` without a gap, the oldest first; the last one is open. */
export function* slicesOf(fromMs: number, nowMs: number, sliceMs = SLICE_MS): Generator<Slice, void, undefined> {
  let start = fromMs;
  while (nowMs - start > sliceMs) {
    yield { fromMs: start, untilMs: start + sliceMs, open: false };
    start += sliceMs - OVERLAP_MS;
  }
  yield { fromMs: start, untilMs: Math.max(start, nowMs), open: true };
}

/** The form of instants in bodies and in progress. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}

const DAY_MS = 86_400_000;

/**
 * The `changedSince` of a listing that must not miss what changed from this instant on: a day whose zone nobody knows,
 * so some days earlier.
 */
export function changedSinceDay(instant: string, daysEarlier: number): string {
  return toInstant(Date.parse(instant) - daysEarlier * DAY_MS).slice(0, 10);
}
