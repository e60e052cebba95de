import { type CallOptions, type Claim, isSinkError } from '../../contract/index.js';
import type { Obeyed, ObeyOptions } from '../faces/delivery-queue.js';
import { readText } from '../file/stored-text.js';
import type { OpenAct } from '../rows/act-rows.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { OutboxAccess } from './outbox-access.js';
import { performStep, type ReplayRules, replayPage } from './perform-act.js';

/**
 * Does one step of the next act: see `DeliveryQueue.obey`. A replay adds messages, so on a full disk it waits;
 * deliveries and the other acts go on meanwhile (R30).
 */
export async function obey(
  access: OutboxAccess,
  claim: Claim,
  now: () => number,
  options: CallOptions & ObeyOptions,
): Promise<Obeyed> {
  const { open, pausing, isToTidy } = await access.read(({ streams, acts, control, attemptLog }) => {
    const its = acts.open(streams.held(claim).nr);
    return { open: its, pausing: control.pausing(), isToTidy: attemptLog.isToTidy(now()) };
  }, options);
  const idle = async (): Promise<Obeyed> => {
    if (isToTidy) await access.commit((rows) => tidy(rows, claim, now()), options);
    return { pausing, finished: null, isMore: false };
  };
  if (open === undefined) return idle();
  const others = () => access.commit((rows) => step(rows, claim, now(), null), options);
  if (open.act?.act !== 'replay') return others();
  const rules = await replayRules(access, claim, open, options);
  // Later acts wait too: a later drop of all waiting messages must also drop those that the replay queues.
  if (rules === null) return idle();
  try {
    return await access.commitMore((rows) => step(rows, claim, now(), rules), options);
  } catch (error) {
    if (isSinkError(error) && error.code === 'OUTBOX_FULL') return others();
    throw error;
  }
}

/** Returns the rules of the next step of a replay; null: it is not known yet which of its contacts are deleted. */
async function replayRules(
  access: OutboxAccess,
  claim: Claim,
  open: OpenAct,
  options: CallOptions & ObeyOptions,
): Promise<ReplayRules | null> {
  const page = await access.read((rows) => replayPage(rows, rows.streams.held(claim).nr, open), options);
  const contactIds = [...new Set(page.map(({ contact }) => readText(contact)))];
  const isAsked = open.act?.act === 'replay' && open.act.evenIfDeleted !== true && contactIds.length > 0;
  const deleted =
    isAsked && options.deletedOf ? options.deletedOf(contactIds, { actNr: open.nr, place: open.place }) : NONE;
  return deleted === null ? null : { actNr: open.nr, lastNr: page.at(-1)?.nr ?? open.place, deleted };
}

const NONE: ReadonlySet<string> = new Set();

function tidy({ streams, attemptLog }: OutboxRows, claim: Claim, nowMs: number): void {
  streams.fence(claim);
  attemptLog.tidy(nowMs, false);
}

/** @param replaying null: no replay is done in this step */
function step(rows: OutboxRows, claim: Claim, nowMs: number, replaying: ReplayRules | null): Obeyed {
  const { streams, acts, control } = rows;
  const stream = streams.fence(claim);
  const found = acts.open(stream.nr, { exceptReplay: replaying === null });
  const open = found?.act?.act === 'replay' && found.nr !== replaying?.actNr ? undefined : found;
  if (open === undefined) return { pausing: control.pausing(), finished: null, isMore: false };
  const counts = { messages: 0, contactQueues: 0, accepted: 0 };
  const done = performStep(rows, open, { stream, name: claim.stream, nowMs, counts }, replaying);
  streams.count(stream, counts);
  // If another program keeps the row of the act from changing, the same step would repeat without end (R36).
  let isMore = acts.advance(open.nr, done);
  if (done.isOver) isMore = acts.finish(open.nr, nowMs);
  const finished = done.isOver ? (acts.find(open.nr) ?? null) : null;
  const { deleted = [] } = done;
  return { pausing: control.pausing(), finished, isMore, ...(deleted.length > 0 && { deleted }) };
}
