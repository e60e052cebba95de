import { advance, NO_PROGRESS } from '../discover/watermark.js';
import { toInstant } from '../discover/window.js';
import type { RunSummary } from '../observe/run-events.js';
import { buildIndexesAtEnd } from './build-indexes.js';
import { beginLoading } from './bulk-load.js';
import { readAgainUnderNewRules } from './changed-fields.js';
import { runClaimLoop } from './claim-loop.js';
import { createFieldWatch } from './declare-fields.js';
import { fillRecords } from './fill-records.js';
import { tellNarrowerFilter } from './narrower-filter.js';
import { pullBackProgress } from './pull-back-progress.js';
import { readAllInboundCalls } from './read-inbound.js';
import { readWholeListing } from './read-listing.js';
import { retryOnce } from './retry-dead-letters.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';
import { copyRange, weekBefore } from './start-range.js';
import { examineRows } from './stream-rows.js';
import { filledIn } from './unfilled-copy.js';

/**
 * Runs `db_init`: copies all contacts, or those changed since `--since`, and inbound calls, then ends. Contacts that
 * the store has proved already are not fetched, so it resumes after a crash, and a second one fetches only differences.
 * The wanted range is recorded first, so that a `db_sync` after a crash copies the rest of it too.
 */
export function initRun(settings: RunSettings, context: RunContext): Promise<RunSummary> {
  const run = (session: Session) => copyOnce(session, () => settings.since);
  return runClaimLoop(settings, context, { standBy: false, mayLoad: true, run });
}

/**
 * Runs `db_update`: it is `db_init` with a default `--since` of a week ago, computed once for all claims of the run.
 */
export function updateRun(settings: RunSettings, context: RunContext): Promise<RunSummary> {
  let { since } = settings;
  const sinceAt = (nowMs: number) => {
    since ??= weekBefore(nowMs);
    return since;
  };
  return runClaimLoop(settings, context, { standBy: false, run: (session) => copyOnce(session, sinceAt) });
}

async function copyOnce(session: Session, sinceAt: (nowMs: number) => string | null): Promise<void> {
  const { api, progress, isNew, stop } = session;
  const loads = session.settings.mode === 'db_init' && (await beginLoading(session));
  await createFieldWatch().check(session);
  const rows = await examineRows(session);
  tellNarrowerFilter(session);
  await readAgainUnderNewRules(session);
  await api.learnNow({ signal: stop });
  await pullBackProgress(session);
  const startedAt = toInstant(api.now());
  const wanted = sinceAt(api.now());
  const range = copyRange(isNew ? null : progress.current, { wanted, rows, now: startedAt });
  const { begin, listFrom, daysEarlier, inboundFrom, widens } = range;
  if (isNew) await progress.commit(() => ({ ...NO_PROGRESS, since: begin }));

  const listing = {
    part: 'listing',
    from: listFrom,
    daysEarlier,
    complete: widens,
    insist: true,
    isFirst: true,
    loads,
  } as const;
  if (!widens) await retryOnce(session);
  const { coversChanges } = await readWholeListing(session, listing);
  const fromMs = inboundFrom === null ? null : Date.parse(inboundFrom);
  await readAllInboundCalls(session, { part: 'inbound', fromMs });
  await progress.commit((current) => {
    const read = coversChanges ? advance(current, 'eventsUntil', listFrom, startedAt) : current;
    const copied = { ...read, since: widens ? begin : current.since };
    return session.settings.mode === 'db_init' && widens ? filledIn(copied) : copied;
  });
  await buildIndexesAtEnd(session);
  await fillRecords(session);
}
