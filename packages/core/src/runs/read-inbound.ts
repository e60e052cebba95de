import { repeatUntil } from '../concurrency/repeat.js';
import type { DeadLetter, Fields, InboundCall, WriteResult } from '../contract/index.js';
import { advance } from '../discover/watermark.js';
import { OVERLAP_MS, PARTLY_READ, slicesOf, toInstant, toInstantOrNull } from '../discover/window.js';
import type { StreamPart } from '../observe/run-events.js';
import { toInboundCall } from '../transform/inbound-call.js';
import { READING_BACKOFF } from './reading-backoff.js';
import type { CallSession } from './session.js';

export interface InboundScope {
  readonly part: StreamPart;
  /** The start in milliseconds; null: all calls there are. */
  readonly fromMs: number | null;
  /** The end of the reading; then no mark moves. Absent: it ends now, and moves the inbound mark. */
  readonly untilMs?: number;
  /** Called in the order of time when all up to this instant has been committed. */
  readonly onSliceDone?: (until: string) => Promise<void>;
}

/**
 * An instant before any campaign: where calls of all time cannot be read at once, they are read slice by slice from
 * here.
 */
export const FIRST_CALLS_MS = Date.UTC(2000, 0, 1);
/** Calls older than this are not read again each day, so one empty answer about them is not believed. */
const REREAD_MS = 7 * 86_400_000;

/** Reads inbound calls until they were read to their end, each time from where the last reading stopped. */
export async function readAllInboundCalls(session: CallSession, scope: InboundScope): Promise<void> {
  let { fromMs } = scope;
  const onSliceDone = async (until: string) => {
    fromMs = Date.parse(until) - OVERLAP_MS;
    await scope.onSliceDone?.(until);
  };
  const read = () => readInboundCalls(session, { ...scope, fromMs, onSliceDone });
  const { context, stop } = session;
  await repeatUntil(read, (isWhole) => isWhole, { clock: context.clock, backoff: READING_BACKOFF, signal: stop });
}

/**
 * Reads inbound calls slice by slice and moves their watermark behind them. A run with deliveries reads none. Returns
 * whether all of them could be read: the calls that came are written, and the watermark stays before the rest (R2).
 */
export async function readInboundCalls(session: CallSession, scope: InboundScope): Promise<boolean> {
  if (session.settings.delivery !== null) return true;
  const { api, progress, tally, observe } = session;
  const nowMs = api.now();
  const { untilMs: endMs = nowMs } = scope;
  const isLive = scope.untilMs === undefined;
  let [done, entries, isWhole] = [0, 0, true];
  const slices = callSlices(scope.fromMs, endMs, () => entries);
  const onWritten = (calls: number, batch: WriteResult) => {
    done += calls;
    observe({ type: 'progress', part: scope.part, done, of: null, batch, totals: tally.totals });
  };
  for (const slice of slices) {
    const from = toInstantOrNull(slice.fromMs);
    const until = toInstant(slice.untilMs);
    const before = done;
    const to = slice.open && isLive ? null : until;
    const read = () => readSlice(session, from, to, onWritten);
    isWhole = await read();
    const isOld = isLive && (slice.fromMs === null || nowMs - slice.fromMs > REREAD_MS);
    if (isWhole && isOld && done === before) isWhole = await read();
    entries = isWhole ? done - before : PARTLY_READ;
    if (!isWhole) continue;
    if (isLive) await progress.commit((recorded) => advance(recorded, 'inboundUntil', from, until));
    await scope.onSliceDone?.(until);
  }
  return isWhole;
}

/**
 * The stretches in which inbound calls are read.
 * @param fromMs null: all there are
 * @param entries how many entries the last stretch had
 */
export function callSlices(fromMs: number | null, endMs: number, entries: () => number) {
  return fromMs === null ? allOrSlices(endMs, entries) : slicesOf(fromMs, endMs, entries);
}

/** Yields all of time at once, which costs few requests; then slices, where that cannot be read to its end. */
function* allOrSlices(nowMs: number, entries: () => number) {
  yield { fromMs: null, untilMs: nowMs, open: true };
  if (entries() === PARTLY_READ) yield* slicesOf(FIRST_CALLS_MS, nowMs, entries);
}

async function readSlice(
  session: CallSession,
  from: string | null,
  to: string | null,
  onWritten: (calls: number, batch: WriteResult) => void,
): Promise<boolean> {
  const { api, store, writer, reading, inboundOrder, endedCalls, stop } = session;
  let page = inboundOrder.begin();
  let isWhole = true;
  const onPartial = () => {
    isWhole = false;
  };
  try {
    for await (const bodies of api.inboundPages({ from, to, ...reading, onPartial })) {
      const { calls, deadLetters } = sort(session, bodies);
      if (deadLetters.length > 0) await writer.write({ deadLetters });
      for (let start = 0; start < calls.length; start += store.limits.batchContacts) {
        const batch = calls.slice(start, start + store.limits.batchContacts);
        const write = async (isNewest: (id: string) => boolean) => {
          const inboundCalls = batch.filter(({ id, values }) => isNewest(id) && !endedCalls.isOlder(id, values));
          if (inboundCalls.length > 0) onWritten(inboundCalls.length, await writer.write({ inboundCalls }));
          for (const { id, values } of inboundCalls) endedCalls.committed(id, values);
        };
        await page.write(
          Array.from(batch, ({ id }) => id),
          write,
          stop,
        );
      }
      page.end();
      page = inboundOrder.begin();
    }
  } finally {
    page.end();
  }
  return isWhole;
}

/** Sorts a page into calls and refused entries. If a call is on a page twice, the last one counts. */
function sort(session: CallSession, page: readonly Fields[]) {
  const calls = new Map<string, InboundCall>();
  const deadLetters = new Map<string, DeadLetter>();
  for (const body of page) {
    const record = toInboundCall(body, session.deadLetters);
    if (record.kind === 'call') {
      calls.set(record.call.id, record.call);
      tellDuplicate(session, record.call);
    } else deadLetters.set(record.deadLetter.key, record.deadLetter);
  }
  return { calls: [...calls.values()], deadLetters: [...deadLetters.values()] };
}

function tellDuplicate({ duplicateCallIds, observe }: CallSession, { id, values }: InboundCall): void {
  const duplicate = duplicateCallIds.duplicateOf(id, values);
  if (duplicate === null) return;
  const message = `Two inbound calls, of ${duplicate.join(' and ')}, have the id ${id}. The copy has the one that came last.`;
  observe({ type: 'notice', level: 'warn', code: 'API_CALL_ID_TWICE', message });
}
