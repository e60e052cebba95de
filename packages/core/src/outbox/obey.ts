import type { CallOptions, Claim } from '../contract/index.js';
import type { Obeyed } from './delivery-queue.js';
import type { OutboxAccess } from './outbox-access.js';
import type { OutboxRows } from './outbox-rows.js';
import { performStep } from './perform-act.js';

/** One step of the oldest act that is open: see `DeliveryQueue.obey`. A replay adds messages, so it waits on a full disk. */
export async function obey(
  access: OutboxAccess,
  claim: Claim,
  now: () => number,
  options: CallOptions,
): Promise<Obeyed> {
  const { open, pausing } = await access.read(
    ({ streams, acts, control }) => ({ open: acts.open(streams.held(claim).nr), pausing: control.pausing() }),
    options,
  );
  if (open === undefined) return { pausing, finished: null, isMore: false };
  const commit = open.act?.act === 'replay' ? access.commitMore : access.commit;
  return commit((rows) => step(rows, claim, now()), options);
}

function step(rows: OutboxRows, claim: Claim, nowMs: number): Obeyed {
  const { streams, acts, control } = rows;
  const stream = streams.fence(claim);
  const open = acts.open(stream.nr);
  if (open === undefined) return { pausing: control.pausing(), finished: null, isMore: false };
  const counts = { messages: 0, lines: 0, accepted: 0 };
  const done = performStep(rows, open, { stream, name: claim.stream, nowMs, counts });
  streams.count(stream, counts);
  acts.advance(open.nr, done);
  if (done.isOver) acts.finish(open.nr, nowMs);
  const finished = done.isOver ? (acts.find(open.nr) ?? null) : null;
  return { pausing: control.pausing(), finished, isMore: true };
}
