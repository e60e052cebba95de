import type { Job } from '../daemon/cycle-timer.js';
import { DAILY_MS, isDue, type LastRun, WIDE_EVERY_MS } from '../discover/cadence.js';
import { OVERLAP_MS, toInstant } from '../discover/window.js';
import type { RunTotals } from '../observe/run-events.js';
import { answerRequests } from './answer-requests.js';
import { readEvents } from './read-events.js';
import { readInboundCalls } from './read-inbound.js';
import type { Session } from './session.js';

const MINUTE_MS = 60_000;
const WIDE_EVENTS_MS = 120 * MINUTE_MS;
const INBOUND_OVERLAP_MS = 10 * MINUTE_MS;
const WIDE_INBOUND_MS = DAILY_MS;
const DEEP_INBOUND_MS = 7 * DAILY_MS;

/**
 * Each interval: new events, contacts to ask for again, inbound calls, and what the mailbox asks for. Every quarter of an
 * hour it looks further back, since events and hang-up times appear late; once a day further still for inbound calls.
 */
export function liveJob(session: Session): Job {
  const { settings, api, progress, context, tally, observe } = session;
  const wide = createTurn(WIDE_EVERY_MS, session);
  const deep = createTurn(DAILY_MS, session);
  let isFirst = true;

  return {
    isDue: (last, nowMs) => isDue(last, settings.intervalMs, nowMs),
    async run() {
      const startedMs = context.clock.monotonic();
      const before = tally.totals;
      const isWide = wide.take();
      if (isWide) await readOlderEvents(session, isFirst);
      isFirst = false;
      const isUnread = progress.current.eventsUntil === null;
      const fromMs = eventsFrom(session, isWide && isUnread ? WIDE_EVENTS_MS : 0);
      await readEvents(session, { fromMs, untilMs: null, lines: 'new' });
      await askForWanted(session);
      const inboundBackMs = deep.take() ? DEEP_INBOUND_MS : isWide ? WIDE_INBOUND_MS : 0;
      await readInboundCalls(session, { part: 'inbound', fromMs: inboundFrom(session, inboundBackMs) });
      await answerRequests(session);
      const { eventsUntil } = progress.current;
      observe({
        type: 'cycle',
        tookMs: context.clock.monotonic() - startedMs,
        lagMs: eventsUntil === null ? null : Math.max(0, api.now() - Date.parse(eventsUntil)),
        totals: tally.totals,
        ...writtenSince(before, tally.totals),
      });
    },
  };
}

/** Without a mark, an init was killed behind its listing, or before it, when all that follows is listed. */
function eventsFrom(session: Session, backMs: number): number {
  const { eventsUntil, listedFrom } = session.progress.current;
  const untilMs = Date.parse(eventsUntil ?? listedFrom ?? toInstant(session.api.now()));
  return startOf(session, untilMs - OVERLAP_MS, Math.max(backMs, OVERLAP_MS));
}

/** Without a mark, nobody has read any: all that the user wants; null: all there are. */
function inboundFrom(session: Session, backMs: number): number | null {
  const { since, inboundUntil } = session.progress.current;
  if (inboundUntil === null) return since === null ? null : Date.parse(since);
  return startOf(session, Date.parse(inboundUntil) - INBOUND_OVERLAP_MS, Math.max(backMs, INBOUND_OVERLAP_MS));
}

/** Further back than the mark where asked, or where the API's clock was set back behind it (R4), but not from before what the user wants. */
function startOf({ api, progress }: Session, markMs: number, backMs: number): number {
  const nowMs = api.now();
  const { since } = progress.current;
  const fromMs = Math.min(markMs, nowMs - backMs);
  return since === null ? fromMs : Math.max(fromMs, Math.min(Date.parse(since), nowMs));
}

/**
 * Reads the two hours before the watermark. Most of their lines are known; under a new claim none is. Their contacts were
 * committed by the time the watermark moved, or are wanted (R5), so these lines need not show a change.
 */
async function readOlderEvents(session: Session, isFirst: boolean): Promise<void> {
  const { eventsUntil } = session.progress.current;
  if (eventsUntil === null) return;
  const [fromMs, untilMs] = [eventsFrom(session, WIDE_EVENTS_MS), Date.parse(eventsUntil)];
  if (fromMs < untilMs) await readEvents(session, { fromMs, untilMs, lines: isFirst ? 'again' : 'late' });
}

async function askForWanted({ wanted, pipeline }: Session): Promise<void> {
  const requests = wanted.takeDue();
  if (requests.length > 0) await pipeline.move(requests, { part: 'events', of: requests.length });
}

/** Something that comes round more rarely than the cycle. */
function createTurn(everyMs: number, { context }: Session) {
  let last: LastRun | null = null;
  return {
    take() {
      const startedMs = context.clock.monotonic();
      if (!isDue(last, everyMs, startedMs)) return false;
      last = { startedMs, tookMs: 0 };
      return true;
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
