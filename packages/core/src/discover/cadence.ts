const MINUTE_MS = 60_000;
export const WIDE_EVERY_MS = 15 * MINUTE_MS;
export const LISTING_EVERY_MS = 5 * MINUTE_MS;
export const DAILY_MS = 24 * 60 * MINUTE_MS;
/** A listing takes at most this share of the time. */
const LISTING_SHARE = 0.1;

/** When a job was last begun, and how long it took; monotonic milliseconds. */
export interface LastRun {
  readonly startedMs: number;
  readonly tookMs: number;
}

/** A job that never ran is due. */
export function isDue(last: LastRun | null, everyMs: number, nowMs: number): boolean {
  return last === null || nowMs - last.startedMs >= everyMs;
}

/** Every five minutes, stretched where listings are slow: the last one took so long. */
export function listingEveryMs(tookMs: number): number {
  return Math.max(LISTING_EVERY_MS, tookMs / LISTING_SHARE);
}

/** Whether the last completed one (an instant on the API's clock, null: none) is a day old. */
export function isDailyDue(lastDone: string | null, apiNowMs: number): boolean {
  return lastDone === null || apiNowMs - Date.parse(lastDone) >= DAILY_MS;
}
