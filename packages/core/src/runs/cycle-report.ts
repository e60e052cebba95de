import type { Job } from '../daemon/cycle-timer.js';
import type { RunTotals } from '../observe/run-events.js';
import { lagOf } from './lag.js';
import type { ReadingSession } from './session.js';
import { createUnfilledReminder } from './unfilled-copy.js';

/** A job that another one has overtaken this often is not waited for. */
const PATIENT_RUNS = 3;

/**
 * Reports cycles. A cycle ends when each of its jobs has ended once since the cycle before. A job that hangs delays the
 * report for no longer than another one needs for three runs: then the lag shows that something is missing.
 */
export interface CycleReport {
  /** Returns the same job, and counts its ends. */
  counting(job: Job): Job;
}

export function createCycleReport(session: ReadingSession): CycleReport {
  const { context, tally, observe } = session;
  const ends = new Map<Job, number>();
  let before = tally.totals;
  let startedMs: number | null = null;
  const unfilledSince = createUnfilledReminder(session);

  const tell = () => {
    const nowMs = context.clock.monotonic();
    const { totals } = tally;
    const written = writtenSince(before, totals);
    const since = unfilledSince();
    const only = since === null ? {} : { onlySince: since };
    observe({
      type: 'cycle',
      tookMs: nowMs - (startedMs ?? nowMs),
      lagMs: lagOf(session),
      totals,
      ...written,
      ...only,
    });
    for (const job of ends.keys()) ends.set(job, 0);
    before = totals;
    startedMs = null;
  };

  const ended = (job: Job) => {
    ends.set(job, (ends.get(job) ?? 0) + 1);
    const counts = [...ends.values()];
    if (counts.every((count) => count > 0) || Math.max(...counts) >= PATIENT_RUNS) tell();
  };

  return {
    counting(job) {
      const counted: Job = {
        isDue: job.isDue,
        async run() {
          startedMs ??= context.clock.monotonic();
          await job.run();
          ended(counted);
        },
      };
      ends.set(counted, 0);
      return counted;
    },
  };
}

function writtenSince(before: RunTotals, after: RunTotals) {
  const rows = (totals: RunTotals) => totals.rowsInserted + totals.rowsUpdated;
  return {
    contacts: after.contactsWritten - before.contactsWritten,
    inboundCalls: after.inboundCallsWritten - before.inboundCallsWritten,
    rows: rows(after) - rows(before),
  };
}
