const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/**
 * How loud a wait is by its length. `momentary`: mostly over at once, so it is logged for detail only until it lasts.
 * `urgent`: an operator must act, so it is a warning at once.
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

/** Chooses the lengths of a wait at which it is worth a line. */
export type WaitKind = keyof typeof SCHEDULES;

/** One line about a wait: whoever reads it learns how loud to be. */
export interface WaitLine {
  readonly level: (typeof LEVELS)[number];
  readonly waitedMs: number;
  /** Failures so far, from 1. */
  readonly attempt: number;
}

/** How loud the lines about a wait have been so far. */
export interface Loudness {
  readonly level: WaitLine['level'];
  /** Whole hours that a line has told of. */
  readonly hours: number;
}

/**
 * Decides when a wait is worth a line: at once, after a minute, after ten minutes, then hourly, louder each time. It is
 * one wait from the first failure to the next success, however many requests fail in it.
 */
export interface WaitReport {
  /**
   * @param nowMs monotonic
   * @returns null where there is nothing new to say
   */
  failed(nowMs: number, kind?: WaitKind): WaitLine | null;
  /** How long the wait took, in milliseconds; null where nothing was waited for. */
  succeeded(nowMs: number): number | null;
}

export function createWaitReport(): WaitReport {
  let wait: { readonly sinceMs: number; readonly failures: number; readonly told: Loudness | null } | null = null;
  return {
    failed(nowMs, kind = 'usual') {
      const { sinceMs, failures, told } = wait ?? { sinceMs: nowMs, failures: 0, told: null };
      const waitedMs = nowMs - sinceMs;
      const due = loudnessOf(waitedMs, kind);
      const isDue = isLouder(due, told);
      wait = { sinceMs, failures: failures + 1, told: isDue ? due : told };
      return isDue ? { level: due.level, waitedMs, attempt: failures + 1 } : null;
    },
    succeeded(nowMs) {
      const tookMs = wait && nowMs - wait.sinceMs;
      wait = null;
      return tookMs;
    },
  };
}

/** How loud a wait of this length is to be. */
export function loudnessOf(waitedMs: number, kind: WaitKind): Loudness {
  const steps = SCHEDULES[kind].filter(({ afterMs }) => afterMs <= waitedMs);
  return { level: steps.at(-1)?.level ?? 'debug', hours: Math.floor(waitedMs / HOUR_MS) };
}

/** True where the lines so far were less loud, or an hour has passed since. */
export function isLouder(due: Loudness, told: Loudness | null): boolean {
  if (told === null) return true;
  return LEVELS.indexOf(due.level) > LEVELS.indexOf(told.level) || due.hours > told.hours;
}
