import type { CallOptions, ContactAtVersion, DeletionMark, Mirroring } from '../contract/index.js';
import { requestsFor } from './read-versions.js';
import type { ReadingSession, Session } from './session.js';

/** The pause before each request for contacts that may be gone, since a replica may be behind. */
const PAUSES_MS = [0, 1_000, 5_000];

/**
 * Asks for these contacts three times. Returns those of which no answer had a body; null where an answer also lacked a
 * contact that exists: then the answers prove nothing.
 * @param present a contact that exists; null: none is known, and the first that an answer has takes its place
 */
export async function stillMissing<Contact extends Pick<ContactAtVersion, 'contactId'>>(
  session: ReadingSession,
  contacts: readonly Contact[],
  present: string | null,
): Promise<readonly Contact[] | null> {
  const { context, pipeline, stop } = session;
  let left = contacts;
  let known = present;
  for (const pauseMs of PAUSES_MS) {
    if (left.length === 0) return [];
    if (pauseMs > 0) await context.clock.sleep(pauseMs, stop);
    const ids = [...(known === null ? [] : [known]), ...left.map(({ contactId }) => contactId)];
    const requests = await requestsFor(session, ids, 'plain');
    const { missing } = await pipeline.move(requests, { part: 'listing', of: requests.length, insist: true });
    if (known !== null && missing.has(known)) return null;
    known ??= ids.find((id) => !missing.has(id)) ?? null;
    left = left.filter(({ contactId }) => missing.has(contactId));
  }
  return left;
}

/** Removes contacts, and returns how many. */
export function remove(session: Session, mirroring: Mirroring, contacts: readonly ContactAtVersion[]): Promise<number> {
  return inLanes(session, contacts, (held) => removeHeld(session, mirroring, held));
}

/** Marks contacts as deleted, and returns how many. */
export function markDeleted(session: Session, mirroring: Mirroring, marks: readonly DeletionMark[]): Promise<number> {
  const { claim } = session;
  return inLanes(session, marks, (held) =>
    settleHeld(session, held, {
      name: 'mark',
      run: (missing, options) => mirroring.mark(claim, missing, options),
      code: 'CONTACTS_MARKED',
      done: 'marked as deleted',
    }),
  );
}

/**
 * Does work with all these contacts while their lanes are held, as they become free: another part of the daemon asks
 * once a minute for a contact that stays missing. Each lane is held until the outcome is known (R9).
 * @param work returns the number of contacts or rows that it changed
 */
export async function inLanes<Contact extends Pick<ContactAtVersion, 'contactId'>>(
  { lanes, stop }: Pick<Session, 'lanes' | 'stop'>,
  contacts: readonly Contact[],
  work: (held: readonly Contact[]) => Promise<number>,
): Promise<number> {
  let waiting = contacts;
  let changed = 0;
  while (waiting.length > 0) {
    const held = new Set(waiting.filter(({ contactId }) => lanes.tryHold(contactId)));
    if (held.size > 0) {
      changed += await work([...held]);
      for (const { contactId } of held) lanes.release(contactId);
    } else
      await lanes.anyFree(
        Array.from(waiting, ({ contactId }) => contactId),
        stop,
      );
    waiting = waiting.filter((contact) => !held.has(contact));
  }
  return changed;
}

/** Removes contacts whose lanes are held, and returns how many. A contact that was fetched meanwhile stays. */
export function removeHeld(session: Session, mirroring: Mirroring, held: readonly ContactAtVersion[]): Promise<number> {
  return settleHeld(session, held, {
    name: 'remove',
    run: (missing, options) => mirroring.remove(session.claim, missing, options),
    code: 'CONTACTS_REMOVED',
    done: 'removed',
  });
}

/** A call of {@link Mirroring} about contacts that are gone. It returns the ids with which it was done. */
interface GoneCall<Contact> {
  readonly name: 'mark' | 'remove';
  readonly code: 'CONTACTS_MARKED' | 'CONTACTS_REMOVED';
  /** For messages. */
  readonly done: string;
  run(missing: readonly Contact[], options: CallOptions): Promise<readonly string[]>;
}

async function settleHeld<Contact extends ContactAtVersion>(
  { wanted, deadlines, storeGate, stop, observe }: Session,
  held: readonly Contact[],
  { name, code, done, run }: GoneCall<Contact>,
): Promise<number> {
  const missing = held.filter(({ contactId }) => wanted.isMissing(contactId));
  const call = () => deadlines.run(name, stop, (options) => run(missing, options));
  const settled = missing.length === 0 ? [] : await storeGate.runAlone(call, stop);
  for (const { contactId } of missing) wanted.leaveToRetries(contactId);
  for (const contactId of settled) {
    const message = `Contact ${contactId} was ${done}: the campaign no longer has it.`;
    observe({ type: 'notice', level: 'debug', code, message });
  }
  return settled.length;
}
