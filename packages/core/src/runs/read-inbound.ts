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
  const { api, progress, tally, observe } = session;
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
    await readSlice(session, from, slice.open ? null : until, onWritten);
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
  const { api, store, writer, reading, inboundOrder, stop } = session;
  let page = inboundOrder.begin();
  try {
    for await (const bodies of api.inboundPages({ from, to, ...reading })) {
      const { calls, deadLetters } = sort(session, bodies);
      if (deadLetters.length > 0) await writer.write({ deadLetters });
      for (let start = 0; start < calls.length; start += store.limits.batchContacts) {
        const batch = calls.slice(start, start + store.limits.batchContacts);
        const write = async (isNewest: (id: string) => boolean) => {
          const inboundCalls = batch.filter(({ id }) => isNewest(id));
          if (inboundCalls.length > 0) onWritten(inboundCalls.length, await writer.write({ inboundCalls }));
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
