import { runJobs } from '../daemon/cycle-timer.js';
import { toInstant } from '../discover/window.js';
import type { RunSummary } from '../observe/run-events.js';
import { backfillJob } from './back-fill.js';
import { indexJob } from './build-indexes.js';
import { readAgainUnderNewRules } from './changed-fields.js';
import { daemonRun } from './daemon-run.js';
import { createFieldWatch } from './declare-fields.js';
import { startNow } from './delivery-start.js';
import { expiryJobs } from './expire-dead-letters.js';
import { fillJob } from './fill-records.js';
import { clocksDiffer, lagOfPart, livePartsOf } from './lag.js';
import type { LagWatch } from './lag-watch.js';
import { listingJob } from './listing-job.js';
import { liveJobs } from './live-jobs.js';
import { tellNarrowerFilter } from './narrower-filter.js';
import { olderCallsJob } from './older-calls-job.js';
import { pullBackProgress } from './pull-back-progress.js';
import { retryJob } from './retry-dead-letters.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { ReadingSession, Session } from './session.js';
import { progressAtStart, type StreamRows } from './start-range.js';
import { examineRows } from './stream-rows.js';
import { tellUnfilled } from './unfilled-copy.js';

/** Runs `db_sync`: continues from its progress, else from `--since`, else from now, until it is stopped. */
export function syncRun(settings: RunSettings, context: RunContext): Promise<RunSummary> {
  return daemonRun(settings, context, { run: keepCurrent });
}

/** Works until the session stops: events, listings, inbound calls, and retries. */
export async function keepCurrent(session: Session, watch: LagWatch): Promise<void> {
  const { api, context, stop, abandon } = session;
  watch.follow(livePartsOf(session), {
    lagOf: (part) => lagOfPart(session, part),
    clocksDiffer: (byMs) => clocksDiffer(session, byMs),
  });
  const fields = createFieldWatch();
  await fields.check(session);
  const rows = await examineRows(session);
  tellNarrowerFilter(session);
  await readAgainUnderNewRules(session);
  await api.learnNow({ signal: stop });
  await pullBackProgress(session);
  await startProgress(session, rows);
  const jobs = [
    listingJob(session, watch, fields),
    ...liveJobs(session, watch),
    backfillJob(session),
    olderCallsJob(session),
    retryJob(session),
    ...expiryJobs(session),
    indexJob(session),
    fillJob(session),
  ];
  await runJobs(jobs, { ticker: context.ticker, clock: context.clock, signal: stop, onFailure: abandon });
}

/** Records the start of the stream before any other work; or moves it back to an earlier `--since`. */
async function startProgress(session: ReadingSession, rows: StreamRows): Promise<void> {
  const { settings, progress, isNew, observe } = session;
  const { since, mode } = settings;
  const recorded = isNew ? null : progress.current;
  const now = toInstant(isNew ? await startNow(session) : session.api.now());
  const start = progressAtStart(recorded, { since, rows, now, keepsHistory: mode === 'db_sync' });
  if (start === recorded) return;
  if (recorded !== null) {
    const message = `--since ${since} is before ${recorded.since}, where this copy began: dbsync copies the time between beside the live events.`;
    observe({ type: 'notice', level: 'info', code: 'BACKFILL_STARTED', message });
  }
  await progress.commit(() => start);
  if (start.unfilled && recorded === null) tellUnfilled(session, now);
}
