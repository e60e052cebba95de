import type { Progress } from '../contract/index.js';
import { type Job, runJobs } from '../daemon/cycle-timer.js';
import { isDailyDue, isDue, listingEveryMs } from '../discover/cadence.js';
import { earlier, NO_PROGRESS } from '../discover/watermark.js';
import { toInstant } from '../discover/window.js';
import type { RunSummary } from '../observe/run-events.js';
import { backfillJob } from './back-fill.js';
import { createFieldWatch, type FieldWatch } from './declare-fields.js';
import { liveJob } from './live-cycle.js';
import { pullBackProgress } from './pull-back-progress.js';
import { readListing } from './read-listing.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';
import { runSessions } from './sessions.js';

/** `db_sync`: goes on from its progress, else from `--since`, else from now, until it is stopped. */
export function syncRun(settings: RunSettings, context: RunContext): Promise<RunSummary> {
  return runSessions(settings, context, { standBy: true, run: keepCurrent });
}

/** Until the session stops: events, listings, inbound calls, and what has been missed. */
export async function keepCurrent(session: Session): Promise<void> {
  const { api, context, stop, abandon } = session;
  const fields = createFieldWatch();
  await fields.check(session);
  await api.learnNow({ signal: stop });
  await pullBackProgress(session);
  await startProgress(session);
  const jobs = [listingJob(session, fields), liveJob(session), backfillJob(session)];
  await runJobs(jobs, { ticker: context.ticker, clock: context.clock, signal: stop, onFailure: abandon });
}

/** Where the stream begins, written down before anything else; or how far an earlier `--since` moves it back. */
async function startProgress({ settings, api, progress, isNew, hasForeignRows, observe }: Session): Promise<void> {
  const { since } = settings;
  if (isNew) {
    const now = toInstant(api.now());
    await progress.commit(() => (hasForeignRows ? takingOver(now) : startingAt(earlier(since, now) ?? now)));
    return;
  }
  const recorded = progress.current;
  if (since === null || recorded.since === null || since >= recorded.since) return;
  const from = earlier(since, recorded.backfill?.from ?? null) ?? since;
  const message = `--since ${since} is before ${recorded.since}, where this copy began: the time between is filled in beside the live events.`;
  observe({ type: 'notice', level: 'info', code: 'BACKFILL_STARTED', message });
  await progress.commit((current) => ({ ...current, since, backfill: { from, cursor: null } }));
}

function startingAt(since: string): Progress {
  return { ...NO_PROGRESS, since, eventsUntil: since, listedFrom: since, inboundUntil: since };
}

/** Rows of the old client are there: all contacts and calls are listed once, and events go on from now. */
function takingOver(now: string): Progress {
  return { ...NO_PROGRESS, eventsUntil: now };
}

/** What events do not tell: edits without a transaction, late changes of old transactions, an outage of days. */
function listingJob(session: Session, fields: FieldWatch): Job {
  const { api, claim, progress, context } = session;
  let tookMs = 0;
  let isFirst = true;
  return {
    isDue: (last, nowMs) => isDue(last, listingEveryMs(tookMs), nowMs),
    async run() {
      await fields.check(session);
      const { since, listedFrom, fullyListedFrom, plan } = progress.current;
      if (plan !== claim.plan || isDailyDue(fullyListedFrom, api.now())) {
        const all = { part: 'listing', from: since, daysEarlier: 1, complete: true, insist: true, isFirst } as const;
        await readListing(session, all);
        isFirst = false;
        return;
      }
      const startedMs = context.clock.monotonic();
      const changes = { from: listedFrom, daysEarlier: 2, complete: false, insist: false, isFirst } as const;
      await readListing(session, { part: 'listing', ...changes });
      isFirst = false;
      tookMs = context.clock.monotonic() - startedMs;
    },
  };
}
