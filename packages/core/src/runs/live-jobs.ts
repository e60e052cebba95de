import type { Job } from '../daemon/cycle-timer.js';
import { dailySlotOf } from '../daemon/daily-slot.js';
import { DAILY_MS, isDailyDue, isDue, isDueByEither, WIDE_EVERY_MS } from '../discover/cadence.js';
import { answerRequests } from './answer-requests.js';
import { createCycleReport } from './cycle-report.js';
import type { LagWatch } from './lag-watch.js';
import { eventsFrom, inboundFrom } from './live-windows.js';
import { createRareWork } from './rare-work.js';
import { readEvents } from './read-events.js';
import { readInboundCalls } from './read-inbound.js';
import { readVersions } from './read-versions.js';
import type { ReadingSession, Session, SessionFrame } from './session.js';

const HOUR_MS = 3_600_000;
const WIDE_EVENTS_MS = 2 * HOUR_MS;
const WIDE_INBOUND_MS = DAILY_MS;
const DEEP_INBOUND_MS = 7 * DAILY_MS;

/**
 * Returns the work of each interval: new events, contacts to ask for again, inbound calls, and requests of the mailbox.
 * Each is a separate job, so one that hangs delays none of the others; together they are a cycle.
 */
export function liveJobs(session: Session, watch: LagWatch): readonly Job[] {
  const cycle = createCycleReport(session);
  const jobs = [eventsJob(session, watch), wantedJob(session), inboundJob(session, watch), mailboxJob(session)];
  return jobs.map((run) => cycle.counting(eachInterval(session, run)));
}

type Work = () => Promise<void>;

function eachInterval({ settings }: SessionFrame, run: Work): Job {
  return { isDue: (last, nowMs) => isDue(last, settings.intervalMs, nowMs), run };
}

/** Reads events. Looks further back every quarter of an hour, since events appear late. */
function eventsJob(session: ReadingSession, watch: LagWatch): Work {
  const wide = createRareWork(session, (last, now) => isDueByEither(last, WIDE_EVERY_MS, now));
  let isFirst = true;
  return async () => {
    const isWide = wide.begin();
    if (isWide) await readOlderEvents(session, isFirst);
    isFirst = false;
    const isUnread = session.progress.current.eventsUntil === null;
    const fromMs = eventsFrom(session, isWide && isUnread ? WIDE_EVENTS_MS : 0);
    await readEvents(session, { fromMs, untilMs: null, lines: 'new' });
    if (isWide) wide.done();
    watch.done('events');
  };
}

/**
 * Reads the two hours before the watermark. Most of their lines are known; under a new claim none is. Their contacts were
 * committed by the time the watermark moved, or are wanted (R5), so these lines need not show a change.
 */
async function readOlderEvents(session: ReadingSession, isFirst: boolean): Promise<void> {
  const { eventsUntil } = session.progress.current;
  if (eventsUntil === null) return;
  const [fromMs, untilMs] = [eventsFrom(session, WIDE_EVENTS_MS), Date.parse(eventsUntil)];
  if (fromMs < untilMs) await readEvents(session, { fromMs, untilMs, lines: isFirst ? 'again' : 'late' });
}

/**
 * Reads inbound calls. Looks further back every quarter of an hour, and further still once a day, since hang-up times
 * appear late.
 */
function inboundJob(session: Session, watch: LagWatch): Work {
  const wide = createRareWork(session, (last, now) => isDueByEither(last, WIDE_EVERY_MS, now));
  const isSlot = dailySlotOf(session.settings.campaign);
  const deep = createRareWork(session, (last, now) => isDailyDue(last, now, isSlot));
  return async () => {
    const [isWide, isDeep] = [wide.begin(), deep.begin()];
    const wideMs = isWide ? WIDE_INBOUND_MS : 0;
    const backMs = isDeep ? DEEP_INBOUND_MS : wideMs;
    const isWhole = await readInboundCalls(session, { part: 'inbound', fromMs: inboundFrom(session, backMs) });
    if (isWide && isWhole) wide.done();
    if (isDeep && isWhole) deep.done();
    watch.done('inbound');
  };
}

/** Asks again for contacts that stay wanted (R5), except those that were forgotten meanwhile (R37). */
function wantedJob(session: ReadingSession): Work {
  const { wanted, pipeline } = session;
  return async () => {
    const due = wanted.takeDue();
    if (due.length === 0) return;
    const ids = due.map(({ id }) => id);
    const versions = await readVersions(session, ids);
    const forgotten = new Set(ids.filter((id) => versions.get(id)?.forgotten));
    for (const id of forgotten) wanted.leaveToRetries(id);
    const requests = due.filter(({ id }) => !forgotten.has(id));
    await pipeline.move(requests, { part: 'events', of: requests.length });
  };
}

function mailboxJob(session: Session): Work {
  return () => answerRequests(session);
}
