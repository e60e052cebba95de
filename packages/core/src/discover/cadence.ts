const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const WIDE_EVERY_MS = 15 * MINUTE_MS;
export const LISTING_EVERY_MS = 5 * MINUTE_MS;
/** A listing is due this long after the end of the one before, however long that took. */
export const LISTING_AT_LATEST_MS = HOUR_MS;
export const DAILY_MS = 24 * HOUR_MS;
/** A listing takes at most this share of the time. */
const LISTING_SHARE = 0.1;
/** The slot of the day counts only this long after the last time. */
const DAILY_AT_EARLIEST_MS = DAILY_MS / 2;
/** Two clocks may differ by this much. */
const TOLERANCE_MS = 10 * MINUTE_MS;

/** When a job was last begun, and how long it took; monotonic milliseconds. */
export interface LastRun {
  readonly startedMs: number;
  readonly tookMs: number;
}

/** A job that never ran is due. */
export function isDue(last: LastRun | null, everyMs: number, nowMs: number): boolean {
  return last === null || nowMs - last.startedMs >= everyMs;
}

/**
 * A listing is due every five minutes. Slow ones come more rarely, so that their requests take a tenth of the time at most;
 * but always an hour after the end of the last one.
 * @param requestMs how long the requests of the last one took, without waits and back-off
 */
export function isListingDue(last: LastRun | null, requestMs: number, nowMs: number): boolean {
  if (isDue(last, Math.max(LISTING_EVERY_MS, requestMs / LISTING_SHARE), nowMs)) return true;
  return last !== null && nowMs - (last.startedMs + last.tookMs) >= LISTING_AT_LATEST_MS;
}

/** Two clocks at one moment, in milliseconds. */
export interface TwoClocks {
  /** The API's now; it may jump. */
  readonly apiMs: number;
  /** It stands still while the machine sleeps. */
  readonly monotonicMs: number;
}

/** When something was last done: null where that clock does not know. */
export interface LastDone {
  readonly apiMs: number | null;
  readonly monotonicMs: number | null;
}

/** Whether this much time has passed since then by either clock, so that neither a jump nor a sleep of the machine delays it. */
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
 * Whether the work of a day is due: in the slot of the day, or when a day has passed by either clock. A last time that lies
 * in the future was told by a wrong clock and does not count. A clock that leaps to and fro starts it once an hour at most.
 */
export function isDailyDue(last: LastDone, now: TwoClocks, isSlot: (apiMs: number) => boolean): boolean {
  if (last.apiMs === null) return true;
  if (last.monotonicMs !== null && now.monotonicMs - last.monotonicMs < HOUR_MS) return false;
  if (last.apiMs > now.apiMs + TOLERANCE_MS) return true;
  if (isDueByEither(last, DAILY_MS, now)) return true;
  return now.apiMs - last.apiMs >= DAILY_AT_EARLIEST_MS && isSlot(now.apiMs);
}
