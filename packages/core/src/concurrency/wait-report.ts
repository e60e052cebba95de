const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * The log level of a wait by its length. `momentary`: the wait is mostly over at once, so it is logged at `debug` until
 * it lasts. `urgent`: an operator must act, so it is a warning at once.
 */
const SCHEDULES = {
  usual: [
    { afterMs: 0, level: 'info' },
    { afterMs: MINUTE_MS, level: 'warn' },
    { afterMs: 10 * MINUTE_MS, level: 'error' },
  ],
  momentary: [
    { afterMs: 0, level: 'debug' },
    { afterMs: 30_000, level: 'info' },
    { afterMs: MINUTE_MS, level: 'warn' },
    { afterMs: 10 * MINUTE_MS, level: 'error' },
  ],
  urgent: [
    { afterMs: 0, level: 'warn' },
    { afterMs: 10 * MINUTE_MS, level: 'error' },
  ],
} as const;

/** The kind of a wait: it decides after which times the wait is logged, and at which level. */
export type WaitKind = keyof typeof SCHEDULES;

/** One log line about a wait, with its level. */
export interface WaitLine {
  readonly level: (typeof LEVELS)[number];
  readonly waitedMs: number;
  /** The number of failures so far, from 1. */
  readonly attempt: number;
}

/** The highest level and the number of hours that the lines about a wait have reached. */
export interface Loudness {
  readonly level: WaitLine['level'];
  /** The whole hours of waiting that a line has reported. */
  readonly hours: number;
}

/**
 * Decides when a wait is logged: at once, after a minute, after ten minutes, then hourly, with a rising level. One wait
 * lasts from the first failure to the next success, however many requests fail in it.
 */
export interface WaitReport {
  /**
   * Records a failure.
   *
   * @param nowMs monotonic
   * @returns null if no line is due
   */
  failed(nowMs: number, kind?: WaitKind): WaitLine | null;
  /** Ends the wait. Returns how long it took, in milliseconds; null if there was no wait. */
  succeeded(nowMs: number): number | null;
}

export function createWaitReport(): WaitReport {
  let wait: { readonly sinceMs: number; readonly failures: number; readonly reported: Loudness | null } | null = null;
  return {
    failed(nowMs, kind = 'usual') {
      const { sinceMs, failures, reported } = wait ?? { sinceMs: nowMs, failures: 0, reported: null };
      const waitedMs = nowMs - sinceMs;
      const due = loudnessOf(waitedMs, kind);
      const isDue = isLouder(due, reported);
      wait = { sinceMs, failures: failures + 1, reported: isDue ? due : reported };
      return isDue ? { level: due.level, waitedMs, attempt: failures + 1 } : null;
    },
    succeeded(nowMs) {
      const tookMs = wait && nowMs - wait.sinceMs;
      wait = null;
      return tookMs;
    },
  };
}

/** Returns the log level and the whole hours of a wait of this length. */
export function loudnessOf(waitedMs: number, kind: WaitKind): Loudness {
  const steps = SCHEDULES[kind].filter(({ afterMs }) => afterMs <= waitedMs);
  return { level: steps.at(-1)?.level ?? 'debug', hours: Math.floor(waitedMs / HOUR_MS) };
}

/** Returns true if the lines so far had a lower level, or if an hour has passed since. */
export function isLouder(due: Loudness, reported: Loudness | null): boolean {
  if (reported === null) return true;
  return LEVELS.indexOf(due.level) > LEVELS.indexOf(reported.level) || due.hours > reported.hours;
}
