import type { DeadLetter, Fields, InboundCall } from '../contract/index.js';
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

/** Reads inbound calls slice by slice and moves their watermark behind them. */
export async function readInboundCalls(session: Session, scope: InboundScope): Promise<void> {
  const { api, progress, inboundTurn, stop } = session;
  const nowMs = api.now();
  const slices = scope.fromMs === null ? [{ fromMs: null, untilMs: nowMs, open: true }] : slicesOf(scope.fromMs, nowMs);
  for (const slice of slices) {
    const from = slice.fromMs === null ? null : toInstant(slice.fromMs);
    const until = toInstant(slice.untilMs);
    await inboundTurn.run(() => readSlice(session, scope.part, from, slice.open ? null : until), stop);
    await progress.commit((recorded) => advance(recorded, 'inboundUntil', from, until));
    await scope.onSliceDone?.(until);
  }
}

async function readSlice(session: Session, part: StreamPart, from: string | null, to: string | null): Promise<void> {
  const { api, store, stop } = session;
  for await (const page of api.inboundPages({ from, to, signal: stop })) {
    const { calls, deadLetters } = sort(session, page);
    await write(session, part, [], deadLetters);
    for (let start = 0; start < calls.length; start += store.limits.batchContacts) {
      await write(session, part, calls.slice(start, start + store.limits.batchContacts), []);
    }
  }
}

/** Of a call that stands twice on a page the last one counts. */
function sort({ claim, context }: Session, page: readonly Fields[]) {
  const calls = new Map<string, InboundCall>();
  const deadLetters = new Map<string, DeadLetter>();
  const now = () => toInstant(context.clock.now());
  for (const body of page) {
    const record = toInboundCall(body, { stream: claim.stream, now });
    if (record.kind === 'call') calls.set(record.call.id, record.call);
    else deadLetters.set(record.deadLetter.key, record.deadLetter);
  }
  return { calls: [...calls.values()], deadLetters: [...deadLetters.values()] };
}

async function write(
  { writer, tally, observe }: Session,
  part: StreamPart,
  inboundCalls: readonly InboundCall[],
  deadLetters: readonly DeadLetter[],
): Promise<void> {
  if (inboundCalls.length + deadLetters.length === 0) return;
  const written = await writer.write({ inboundCalls, deadLetters });
  tally.written({ contacts: 0, inboundCalls: inboundCalls.length, deadLetters: deadLetters.length }, written);
  for (const { kind, contactId, code, reason } of deadLetters) {
    observe({ type: 'dead-letter', kind, contactId, code, reason });
  }
  observe({
    type: 'progress',
    part,
    done: tally.totals.inboundCallsWritten,
    of: null,
    batch: written,
    totals: tally.totals,
  });
}
