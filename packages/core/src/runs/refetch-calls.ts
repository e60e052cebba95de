import { backoffDelayMs } from '../concurrency/backoff.js';
import type { RefetchCallsRequest } from '../contract/index.js';
import { OVERLAP_MS } from '../discover/window.js';
import { readInboundCalls } from './read-inbound.js';
import { READING_BACKOFF } from './reading-backoff.js';
import type { Session } from './session.js';

/** The most readings in a row that come no further. */
const MOST_TRIES = 12;

/** The progress of reading the calls of a request. */
interface Reading {
  readonly fromMs: number | null;
  readonly untilMs: number;
  /** Readings in a row that came no further. */
  readonly tries: number;
  /** The monotonic time of the next try. */
  readonly dueMs: number;
}

/** The readings under a claim that did not come to their end, by the keys of their requests. */
const unfinished = new WeakMap<Session, Map<string, Reading>>();

/**
 * Reads the calls of a request again. Calls that could not be read to their end are tried again after a pause, from
 * where the reading stopped; the request stays until then, and other requests are carried out. After some tries that
 * come no further it is settled with a notice. Returns false where it stays.
 */
export async function answerRefetchCalls(
  session: Session,
  { key, from, until }: RefetchCallsRequest,
): Promise<boolean> {
  const { clock } = session.context;
  const readings = readingsOf(session);
  const first = {
    fromMs: msOf(from),
    untilMs: Math.min(msOf(until) ?? Number.POSITIVE_INFINITY, session.api.now()),
    tries: 0,
    dueMs: 0,
  };
  const { untilMs, tries, dueMs, ...last } = readings.get(key) ?? first;
  if (clock.monotonic() < dueMs) return false;
  let { fromMs } = last;
  const onSliceDone = async (done: string) => {
    fromMs = Math.max(fromMs ?? Number.NEGATIVE_INFINITY, Date.parse(done) - OVERLAP_MS);
  };
  const isWhole = await readInboundCalls(session, { part: 'inbound', fromMs, untilMs, onSliceDone });
  const failed = fromMs === last.fromMs ? tries + 1 : 1;
  if (isWhole || failed >= MOST_TRIES) {
    readings.delete(key);
    await session.writer.write({ settled: [key] });
    if (!isWhole) tellUnread(session, fromMs);
    return true;
  }
  const pauseMs = backoffDelayMs(READING_BACKOFF, failed, { retryAfterMs: READING_BACKOFF.firstMs });
  readings.set(key, { fromMs, untilMs, tries: failed, dueMs: clock.monotonic() + pauseMs });
  return false;
}

function readingsOf(session: Session): Map<string, Reading> {
  const readings = unfinished.get(session) ?? new Map<string, Reading>();
  unfinished.set(session, readings);
  return readings;
}

function msOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}

function tellUnread({ observe }: Session, fromMs: number | null): void {
  const start = fromMs === null ? '' : ` after ${new Date(fromMs).toISOString()}`;
  const message = `The inbound calls${start} could not be read again completely in ${MOST_TRIES} tries, so the request ends. To read them later: dbsync refetch --since TIME`;
  observe({ type: 'notice', level: 'warn', code: 'REFETCH_CALLS_UNREAD', message });
}
