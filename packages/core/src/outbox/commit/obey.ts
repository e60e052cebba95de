import { type CallOptions, type Claim, isSinkError } from '../../contract/index.js';
import type { Obeyed } from '../faces/delivery-queue.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { OutboxAccess } from './outbox-access.js';
import { performStep } from './perform-act.js';

/**
 * Does one step of the next act: see `DeliveryQueue.obey`. A replay adds messages, so on a full disk it waits;
 * deliveries and the other acts go on meanwhile (R30).
 */
export async function obey(
  access: OutboxAccess,
  claim: Claim,
  now: () => number,
  options: CallOptions,
): Promise<Obeyed> {
  const { open, pausing, isToTidy } = await access.read(({ streams, acts, control, attemptLog }) => {
    const its = acts.open(streams.held(claim).nr);
    return { open: its, pausing: control.pausing(), isToTidy: attemptLog.isToTidy(now()) };
  }, options);
  if (open === undefined) {
    if (isToTidy) await access.commit((rows) => tidy(rows, claim, now()), options);
    return { pausing, finished: null, isMore: false };
  }
  const others = () => access.commit((rows) => step(rows, claim, now(), true), options);
  if (open.act?.act !== 'replay') return others();
  try {
    return await access.commitMore((rows) => step(rows, claim, now(), false), options);
  } catch (error) {
    if (isSinkError(error) && error.code === 'OUTBOX_FULL') return others();
    throw error;
  }
}

function tidy({ streams, attemptLog }: OutboxRows, claim: Claim, nowMs: number): void {
  streams.fence(claim);
  attemptLog.tidy(nowMs, false);
}

function step(rows: OutboxRows, claim: Claim, nowMs: number, exceptReplay: boolean): Obeyed {
  const { streams, acts, control } = rows;
  const stream = streams.fence(claim);
  const open = acts.open(stream.nr, { exceptReplay });
  if (open === undefined) return { pausing: control.pausing(), finished: null, isMore: false };
  const counts = { messages: 0, contactQueues: 0, accepted: 0 };
  const done = performStep(rows, open, { stream, name: claim.stream, nowMs, counts });
  streams.count(stream, counts);
  acts.advance(open.nr, done);
  if (done.isOver) acts.finish(open.nr, nowMs);
  const finished = done.isOver ? (acts.find(open.nr) ?? null) : null;
  return { pausing: control.pausing(), finished, isMore: true };
}
