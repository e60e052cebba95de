const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const WIDE_EVERY_MS = 15 * MINUTE_MS;
export const LISTING_EVERY_MS = 5 * MINUTE_MS;
/** A listing is due at the latest this long after the end of the one before, however long that one took. */
export const LISTING_AT_LATEST_MS = HOUR_MS;
export const DAILY_MS = 24 * HOUR_MS;
/** A listing takes at most this share of the time. */
const LISTING_SHARE = 0.1;
/** The slot of the day counts only if this much time has passed since the last daily work. */
const DAILY_AT_EARLIEST_MS = DAILY_MS / 2;
/** The largest difference between two clocks that counts as agreement. */
const TOLERANCE_MS = 10 * MINUTE_MS;

/** The time when a job last began, and how long it took, in monotonic milliseconds. */
export interface LastRun {
  readonly startedMs: number;
  readonly tookMs: number;
}

/** Returns whether a job is due. A job that never ran is due. */
export function isDue(last: LastRun | null, everyMs: number, nowMs: number): boolean {
  return last === null || nowMs - last.startedMs >= everyMs;
}

/**
 * Returns whether a listing is due: every five minutes. A slow listing comes less often, so that its requests take at
 * most a tenth of the time, but always an hour after the end of the last one.
 *
 * @param requestMs how long the requests of the last listing took, without waits and back-off
 */
export function isListingDue(last: LastRun | null, requestMs: number, nowMs: number): boolean {
  if (isDue(last, Math.max(LISTING_EVERY_MS, requestMs / LISTING_SHARE), nowMs)) return true;
  return last !== null && nowMs - (last.startedMs + last.tookMs) >= LISTING_AT_LATEST_MS;
}

/** Two clocks at one moment, in milliseconds. */
export interface TwoClocks {
  /** The API's now; it may jump. */
  readonly apiMs: number;
  /** The monotonic clock; it stands still while the machine sleeps. */
  readonly monotonicMs: number;
}

/** The time when the work was last done, by each clock. Null: that is not known by this clock. */
export interface LastDone {
  readonly apiMs: number | null;
  readonly monotonicMs: number | null;
}

/**
 * Returns whether `everyMs` have passed since then by either clock, so that neither a jump of a clock nor a sleep of
 * the machine delays the work.
 */
export function isDueByEither(last: LastDone, everyMs: number, now: TwoClocks): boolean {
  const { apiMs, monotonicMs } = last;
  if (apiMs === null && monotonicMs === null) return true;
  const passed = [
    apiMs === null ? null : now.apiMs - apiMs,
    monotonicMs === null ? null : now.monotonicMs - monotonicMs,
  ];
  return passed.some((ms) => ms !== null && ms >= everyMs);
}

/**
 * Returns whether the work of a day is due: in the slot of the day, or when a day has passed by either clock. A last
 * time in the future came from a wrong clock and does not count. If a clock jumps back and forth, the work starts at
 * most once an hour.
 */
export function isDailyDue(last: LastDone, now: TwoClocks, isSlot: (apiMs: number) => boolean): boolean {
  if (last.apiMs === null) return true;
  if (last.monotonicMs !== null && now.monotonicMs - last.monotonicMs < HOUR_MS) return false;
  if (last.apiMs > now.apiMs + TOLERANCE_MS) return true;
  if (isDueByEither(last, DAILY_MS, now)) return true;
  return now.apiMs - last.apiMs >= DAILY_AT_EARLIEST_MS && isSlot(now.apiMs);
}
