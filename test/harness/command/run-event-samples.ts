import type { BehindEvent, CycleEvent, ProgressEvent, RunTotals } from '@dbsync/core';
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

/** Events that are five minutes late, of three that are usual. @param trouble the error behind it; null: none is known */
export function behindEvent(trouble: BehindEvent['trouble'] = null): BehindEvent {
  const lag = { part: 'events', lagMs: 300_000, allowedMs: 180_000 } as const;
  return { type: 'behind', level: 'warn', code: 'COPY_BEHIND', ...lag, trouble };
}

/** A contact that the database refused, with a telephone number in the reason. */
export function letterEvent() {
  return { type: 'dead-letter', kind: 'contact', contactId: 'A1', code: 'ROW_REFUSED', reason: '+49 30 1' } as const;
}

/** Another process has the campaign. */
export function standbyEvent() {
  return { type: 'standby', holder: 'process 1 on elsewhere', expiresInMs: 1 } as const;
}
