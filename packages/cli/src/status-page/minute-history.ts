import type { RunEvent, RunTotals } from '@dbsync/core';

/** The lag and the rows of the last 24 hours by minute, in memory that does not grow. */
export interface MinuteHistory {
  /** Hears each event of the runs. The lag grows evenly between two of them, so no timer is needed. */
  hear(event: RunEvent): void;
  /** Returns the 24 hours in parts of this number of minutes, the oldest first. */
  parts(minutesEach: number): readonly HistoryPart[];
  /** Returns the rows per second of the last minutes; null: the process has just begun. */
  recentRate(minutes: number): number | null;
}

/** A part of the last 24 hours. */
export interface HistoryPart {
  /** The largest lag; null: not known. */
  readonly lagMs: number | null;
  /** Rows inserted or updated per second; null: before the start of the process. */
  readonly rowsPerSecond: number | null;
}

/** One day. */
export const HISTORY_MINUTES = 1_440;
const MINUTE_MS = 60_000;

/** Creates the history. @param now monotonic milliseconds */
export function createMinuteHistory(now: () => number): MinuteHistory {
  const startedMs = now();
  const lags = new Float64Array(HISTORY_MINUTES).fill(Number.NaN);
  const rows = new Float64Array(HISTORY_MINUTES);
  let minute = minuteOf(startedMs);
  /** The rows of the present run so far. */
  let seenRows = 0;
  /** The lag at the end of the last cycle; null: not known. */
  let lag: { readonly ms: number; readonly atMs: number } | null = null;

  const noteLag = (atMs: number) => {
    const slot = slotOf(minute);
    if (lag !== null) lags[slot] = maxOf(lags[slot] ?? Number.NaN, lag.ms + atMs - lag.atMs);
  };

  /** Notes the lag of the present minute, and of those that have ended since the last event. */
  const note = () => {
    const nowMs = now();
    const present = minuteOf(nowMs);
    minute = Math.max(minute, present - HISTORY_MINUTES);
    while (minute < present) {
      noteLag((minute + 1) * MINUTE_MS);
      minute += 1;
      lags[slotOf(minute)] = Number.NaN;
      rows[slotOf(minute)] = 0;
    }
    noteLag(nowMs);
  };

  const noteRows = ({ rowsInserted, rowsUpdated }: RunTotals) => {
    const written = rowsInserted + rowsUpdated;
    // A run that starts again counts from 0.
    const more = written < seenRows ? written : written - seenRows;
    rows[slotOf(minute)] = (rows[slotOf(minute)] ?? 0) + more;
    seenRows = written;
  };

  /** Reads a stretch. Only the time since the start of the process counts. */
  const read = (from: number, to: number, nowMs: number): HistoryPart => {
    const seconds = (Math.min(nowMs, to * MINUTE_MS) - Math.max(startedMs, from * MINUTE_MS)) / 1000;
    if (seconds <= 0) return { lagMs: null, rowsPerSecond: null };
    const slots = Array.from({ length: to - from }, (_, at) => slotOf(from + at));
    const lagMs = slots.reduce((most, slot) => maxOf(most, lags[slot] ?? Number.NaN), Number.NaN);
    const written = slots.reduce((sum, slot) => sum + (rows[slot] ?? 0), 0);
    return { lagMs: Number.isNaN(lagMs) ? null : lagMs, rowsPerSecond: written / seconds };
  };

  return {
    hear(event) {
      note();
      if (event.type === 'cycle') lag = event.lagMs === null ? null : { ms: event.lagMs, atMs: now() };
      if (event.type === 'standby') lag = null;
      if ('totals' in event) noteRows(event.totals);
      note();
    },
    parts(minutesEach) {
      note();
      const nowMs = now();
      const first = minute + 1 - HISTORY_MINUTES;
      return Array.from({ length: HISTORY_MINUTES / minutesEach }, (_, at) =>
        read(first + at * minutesEach, first + (at + 1) * minutesEach, nowMs),
      );
    },
    recentRate(minutes) {
      note();
      return read(minute + 1 - minutes, minute + 1, now()).rowsPerSecond;
    },
  };
}

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** Returns the place in the ring; a minute before the start of the clock has one too. */
function slotOf(minute: number): number {
  return ((minute % HISTORY_MINUTES) + HISTORY_MINUTES) % HISTORY_MINUTES;
}

/** Returns the larger one; NaN counts as not known. */
function maxOf(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a;
}
