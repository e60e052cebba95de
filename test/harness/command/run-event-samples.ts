import type { CycleEvent, ProgressEvent, RunTotals } from '@dbsync/core';
import { NO_TOTALS } from '@dbsync/core/cli-kit';

/** Returns a cycle in which nothing happened, except the given members. */
export function cycleEvent(
  given: Partial<Omit<CycleEvent, 'totals'>> = {},
  totals: Partial<RunTotals> = {},
): CycleEvent {
  const quiet = { tookMs: 1_000, contacts: 0, inboundCalls: 0, rows: 0, lagMs: 2_000 };
  return { type: 'cycle', ...quiet, ...given, totals: { ...NO_TOTALS, ...totals } };
}

/** Returns a commit after which the run has these totals. */
export function progressEvent(totals: Partial<RunTotals>): ProgressEvent {
  const batch = { inserted: 0, updated: 0, unchanged: 0, bytes: 0, changedUnderSameMd5: [] };
  return { type: 'progress', part: 'events', done: 1, of: null, batch, totals: { ...NO_TOTALS, ...totals } };
}

/** Returns an error that has lasted for `waitedMs`. */
export function waitingEvent(target: 'api' | 'store', code: string, waitedMs = 0) {
  const attempt = waitedMs === 0 ? 1 : 9;
  return { type: 'waiting', level: 'info', for: target, code, message: 'It is down', waitedMs, attempt } as const;
}
