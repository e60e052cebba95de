import type { ContactAtVersion, Mirroring } from '../contract/index.js';
import { absenceOf, isMissed, isMissedForADay, mostMissed } from '../discover/missed-contacts.js';
import { counted } from '../observe/counted.js';
import { isLastingRefusal } from './lasting-refusal.js';
import { heldPages, mirroringOf } from './missed-notes.js';
import { requestsFor } from './read-versions.js';
import type { ReadingSession, Session, SessionFrame, StoreSession } from './session.js';

/** The pause before each request for contacts that may be gone, since a replica may be behind. */
const PAUSES_MS = [0, 1_000, 5_000];
const CHUNK = 500;

/**
 * Removes the contacts that complete listings have lacked for a day, and of which the API has no body (R38). Removes
 * none where more contacts are missing than allowed; then the notice names the command that allows it.
 * @param most the number that an administrator allows; null: a share of the stored contacts
 */
export async function removeMissed(session: Session, most: number | null): Promise<void> {
  const mirroring = mirroringOf(session);
  if (mirroring === null || session.progress.current.since !== null) return;
  const { stored, missed, due, present } = await surveyOf(session, mirroring);
  const limit = most ?? mostMissed(stored);
  if (due.length === 0) {
    if (most !== null) tellNone(session, missed);
    return;
  }
  if (missed > limit) return tellTooMany(session, missed, stored, limit);
  if (present === null) return tellDoubt(session, due.length);
  let removed = 0;
  for (let start = 0; start < due.length; start += CHUNK) {
    const chunk = due.slice(start, start + CHUNK);
    const gone = await stillMissing(session, chunk, present);
    if (gone === null) {
      tellDoubt(session, due.length - start);
      break;
    }
    removed += await remove(session, mirroring, gone);
  }
  if (removed > 0) tellRemoved(session, removed);
}

/** Carries out the request of `dbsync mirror-deletions --allow`. It counts once, with any result. */
export async function answerMirror(session: Session, most: number): Promise<void> {
  if (mirroringOf(session) === null) {
    const message = 'The request to remove deleted contacts was dropped: this run has no --mirror-deletions.';
    return session.observe({ type: 'notice', level: 'warn', code: 'MIRROR_FAILED', message });
  }
  await guardMirroring(session, () => removeMissed(session, most));
}

/** Runs the work. A target that cannot do it, for example cannot make a table, stops no listing. */
export async function guardMirroring({ observe }: SessionFrame, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isLastingRefusal(error)) throw error;
    const message = `--mirror-deletions could not be carried out: ${error.message}. It is tried again after the next complete listing.`;
    observe({ type: 'notice', level: 'warn', code: 'MIRROR_FAILED', message });
  }
}

interface Survey {
  readonly stored: number;
  /** The contacts of them that the last complete listing lacked. */
  readonly missed: number;
  readonly due: readonly ContactAtVersion[];
  /** A contact that the listing named. */
  readonly present: string | null;
}

async function surveyOf(session: StoreSession, mirroring: Mirroring): Promise<Survey> {
  const lastMark = session.progress.current.fullyListedFrom;
  const due: ContactAtVersion[] = [];
  let [stored, missed]: [number, number] = [0, 0];
  let present: string | null = null;
  for await (const page of heldPages(session, mirroring)) {
    for (const { contactId, version, note } of page) {
      stored += 1;
      const absence = absenceOf(note);
      if (!isMissed(absence, version, lastMark)) {
        if (note === null) present ??= contactId;
        continue;
      }
      missed += 1;
      if (isMissedForADay(absence)) due.push({ contactId, version });
    }
  }
  return { stored, missed, due, present };
}

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

/**
 * Does work with all these contacts while their lanes are held, as they become free: another part of the daemon asks
 * once a minute for a contact that stays missing. Each lane is held until the outcome is known (R9).
 * @param work returns how many it removed
 */
export async function inLanes<Contact extends Pick<ContactAtVersion, 'contactId'>>(
  { lanes, stop }: Pick<Session, 'lanes' | 'stop'>,
  contacts: readonly Contact[],
  work: (held: readonly Contact[]) => Promise<number>,
): Promise<number> {
  let waiting = contacts;
  let removed = 0;
  while (waiting.length > 0) {
    const held = new Set(waiting.filter(({ contactId }) => lanes.tryHold(contactId)));
    if (held.size > 0) {
      removed += await work([...held]);
      for (const { contactId } of held) lanes.release(contactId);
    } else
      await lanes.anyFree(
        Array.from(waiting, ({ contactId }) => contactId),
        stop,
      );
    waiting = waiting.filter((contact) => !held.has(contact));
  }
  return removed;
}

/** Removes contacts whose lanes are held, and returns how many. A contact that was fetched meanwhile stays. */
export async function removeHeld(
  { wanted, claim, deadlines, storeGate, stop, observe }: Session,
  mirroring: Mirroring,
  held: readonly ContactAtVersion[],
): Promise<number> {
  const missing = held.filter(({ contactId }) => wanted.isMissing(contactId));
  const call = () => deadlines.run('remove', stop, (options) => mirroring.remove(claim, missing, options));
  const removed = missing.length === 0 ? [] : await storeGate.runAlone(call, stop);
  for (const { contactId } of missing) wanted.leaveToRetries(contactId);
  for (const contactId of removed) {
    const message = `Contact ${contactId} was removed: the campaign no longer has it.`;
    observe({ type: 'notice', level: 'debug', code: 'CONTACTS_REMOVED', message });
  }
  return removed.length;
}

function tellRemoved({ observe }: SessionFrame, removed: number): void {
  const message = `Removed: ${counted(removed, 'contact')}. Complete listings lacked ${removed === 1 ? 'it' : 'them'} for a day, and the API has no body of ${removed === 1 ? 'it' : 'them'}.`;
  observe({ type: 'notice', level: 'info', code: 'CONTACTS_REMOVED', message });
}

function tellTooMany({ observe, claim }: SessionFrame, missed: number, stored: number, limit: number): void {
  const message =
    `The campaign lacks ${missed} of ${stored} stored contacts, more than the ${limit} that may go at once, so none was removed. ` +
    `If they were deleted on purpose: dbsync mirror-deletions --allow ${missed} --campaign ${claim.stream} --url TARGET`;
  observe({ type: 'notice', level: 'warn', code: 'MIRROR_TOO_MANY', message });
}

function tellDoubt({ observe }: SessionFrame, due: number): void {
  const message = `${counted(due, 'contact')} would have been removed, but the API also gave no body of a contact that it lists, so nothing is certain. The next complete listing tries again.`;
  observe({ type: 'notice', level: 'warn', code: 'MIRROR_DOUBTED', message });
}

function tellNone({ observe }: SessionFrame, missed: number): void {
  const message = `No contact has been missing for a day, so none was removed. Missing for a shorter time: ${missed}.`;
  observe({ type: 'notice', level: 'info', code: 'CONTACTS_REMOVED', message });
}
