import type { DeadLetter, Fields, InboundCall, WriteResult } from '../contract/index.js';
import { advance } from '../discover/watermark.js';
import { slicesOf, toInstant } from '../discover/window.js';
import type { StreamPart } from '../observe/run-events.js';
import { toInboundCall } from '../transform/inbound-call.js';
import type { Session } from './session.js';

export interface InboundScope {
  readonly part: StreamPart;
  /** Milliseconds; null: all there are. */
  readonly fromMs: number | null;
  /** Called in the order of time when all up to this instant has been committed. */
  readonly onSliceDone?: (until: string) => Promise<void>;
}

/** Reads inbound calls slice by slice and moves their watermark behind them. Where deliveries go out, none is asked for. */
export async function readInboundCalls(session: Session, scope: InboundScope): Promise<void> {
  if (session.settings.delivery !== null) return;
  const { api, progress, inboundTurn, tally, observe, stop } = session;
  const nowMs = api.now();
  let [done, entries] = [0, 0];
  const all = { fromMs: null, untilMs: nowMs, open: true };
  const slices = scope.fromMs === null ? [all] : slicesOf(scope.fromMs, nowMs, () => entries);
  const onWritten = (calls: number, batch: WriteResult) => {
    done += calls;
    observe({ type: 'progress', part: scope.part, done, of: null, batch, totals: tally.totals });
  };
  for (const slice of slices) {
    const from = slice.fromMs === null ? null : toInstant(slice.fromMs);
    const until = toInstant(slice.untilMs);
    const before = done;
    await inboundTurn.run(() => readSlice(session, from, slice.open ? null : until, onWritten), stop);
    entries = done - before;
    await progress.commit((recorded) => advance(recorded, 'inboundUntil', from, until));
    await scope.onSliceDone?.(until);
  }
}

async function readSlice(
  session: Session,
  from: string | null,
  to: string | null,
  onWritten: (calls: number, batch: WriteResult) => void,
): Promise<void> {
  const { api, store, writer, reading } = session;
  for await (const page of api.inboundPages({ from, to, ...reading })) {
    const { calls, deadLetters } = sort(session, page);
    if (deadLetters.length > 0) await writer.write({ deadLetters });
    for (let start = 0; start < calls.length; start += store.limits.batchContacts) {
      const inboundCalls = calls.slice(start, start + store.limits.batchContacts);
      onWritten(inboundCalls.length, await writer.write({ inboundCalls }));
    }
  }
}

/** Of a call that stands twice on a page the last one counts. */
function sort({ deadLetters: context }: Session, page: readonly Fields[]) {
  const calls = new Map<string, InboundCall>();
  const deadLetters = new Map<string, DeadLetter>();
  for (const body of page) {
    const record = toInboundCall(body, context);
    if (record.kind === 'call') calls.set(record.call.id, record.call);
    else deadLetters.set(record.deadLetter.key, record.deadLetter);
  }
  return { calls: [...calls.values()], deadLetters: [...deadLetters.values()] };
}
