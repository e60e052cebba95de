const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST_REPORTS = [
  { afterMs: 0, level: 'info' },
  { afterMs: MINUTE_MS, level: 'warn' },
  { afterMs: 10 * MINUTE_MS, level: 'error' },
] as const;

/** One line about a wait: whoever reads it learns how loud to be. */
export interface WaitLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly waitedMs: number;
  /** Failures so far, from 1. */
  readonly attempt: number;
}

/**
 * Decides when a wait is worth a line: at once, after a minute, after ten minutes, then hourly, louder each time. It is
 * one wait from the first failure to the next success, however many requests fail in it.
 */
export interface WaitReport {
  /**
   * @param nowMs monotonic
   * @param kind `momentary`: mostly over at once, so that it is nobody's business (`debug`) until it lasts
   * @returns null where there is nothing new to say
   */
  failed(nowMs: number, kind?: 'momentary'): WaitLine | null;
  /** How long the wait took, in milliseconds; null where nothing was waited for. */
  succeeded(nowMs: number): number | null;
}

export function createWaitReport(): WaitReport {
  let wait: { readonly sinceMs: number; readonly failures: number; readonly reports: number } | null = null;
  return {
    failed(nowMs, kind) {
      const { sinceMs, failures, reports } = wait ?? { sinceMs: nowMs, failures: 0, reports: 0 };
      const waitedMs = nowMs - sinceMs;
      const due = reportsDue(waitedMs);
      wait = { sinceMs, failures: failures + 1, reports: Math.max(due, reports) };
      if (due <= reports) return null;
      const level = kind === 'momentary' && waitedMs === 0 ? 'debug' : levelOf(due);
      return { level, waitedMs, attempt: failures + 1 };
    },
    succeeded(nowMs) {
      const tookMs = wait && nowMs - wait.sinceMs;
      wait = null;
      return tookMs;
    },
  };
}

/** How many lines a wait of this length has earned, from its first moment on. */
function reportsDue(waitedMs: number): number {
  const first = FIRST_REPORTS.filter(({ afterMs }) => afterMs <= waitedMs).length;
  return first + (first === FIRST_REPORTS.length ? Math.floor(waitedMs / HOUR_MS) : 0);
}

function levelOf(report: number): WaitLine['level'] {
  return FIRST_REPORTS[report - 1]?.level ?? 'error';
}
