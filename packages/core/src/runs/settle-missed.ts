import type { DeletionMark, HeldContact, Mirroring } from '../contract/index.js';
import { absenceOf, isMissed, isMissedForADay, mostMissed } from '../discover/missed-contacts.js';
import { counted } from '../observe/counted.js';
import { isLastingRefusal } from './lasting-refusal.js';
import { markDeleted, remove, stillMissing } from './mirror-deletions.js';
import { canBeMarked, heldPages, isMarked, tellPartial } from './missed-notes.js';
import type { Session, SessionFrame, StoreSession } from './session.js';

const CHUNK = 500;

/**
 * Marks the contacts as deleted that complete listings have lacked for a day, and of which the API has no body (R38); with
 * `mirrorDeletions` it removes them. Changes none where more contacts are missing than allowed; then the notice names the
 * command that allows it.
 * @param most the number that an administrator allows; null: a share of the stored contacts
 */
export async function settleMissed(session: Session, most: number | null): Promise<void> {
  const { progress, settings, store } = session;
  if (store.mirroring === undefined || progress.current.since !== null) return;
  const work = settings.mirrorDeletions === true ? removal(store.mirroring) : marking(store.mirroring);
  const { stored, missed, due, present } = await surveyOf(session, store.mirroring, work);
  const limit = most ?? mostMissed(stored);
  if (due.length === 0) {
    if (most !== null) tellNone(session, missed, work);
    return;
  }
  if (missed > limit) return tellTooMany(session, { missed, stored, limit }, work);
  if (present === null) return tellDoubt(session, due.length, work);
  let settled = 0;
  for (let start = 0; start < due.length; start += CHUNK) {
    const chunk = due.slice(start, start + CHUNK);
    const gone = await stillMissing(session, chunk, present);
    if (gone === null) {
      tellDoubt(session, due.length - start, work);
      break;
    }
    settled += await work.settle(session, gone);
  }
  if (settled > 0) tellSettled(session, settled, work);
}

/** Carries out the request of `dbsync mirror-deletions --allow`. It counts once, with any result. */
export async function answerMirror(session: Session, most: number): Promise<void> {
  if (session.progress.current.since !== null) return tellPartial(session);
  await guardMirroring(session, () => settleMissed(session, most));
}

/** Runs the work. A target that cannot do it, for example cannot make a table, stops no listing. */
export async function guardMirroring({ observe }: SessionFrame, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isLastingRefusal(error)) throw error;
    const message = `Contacts that the campaign has deleted could not be noted, marked or removed: ${error.message}. It is tried again after the next complete listing.`;
    observe({ type: 'notice', level: 'warn', code: 'MIRROR_FAILED', message });
  }
}

/** The work with contacts that are gone: a mark, or a removal. */
interface GoneWork {
  /** For messages. */
  readonly done: 'marked as deleted' | 'removed';
  /** The code of the notice that tells its result. */
  readonly code: 'CONTACTS_MARKED' | 'CONTACTS_REMOVED';
  /** True for a contact with which it has yet to be done. */
  isOpen(held: HeldContact): boolean;
  /** Returns the number of contacts with which it was done. */
  settle(session: Session, gone: readonly DeletionMark[]): Promise<number>;
}

function removal(mirroring: Mirroring): GoneWork {
  return {
    done: 'removed',
    code: 'CONTACTS_REMOVED',
    isOpen: () => true,
    settle: (session, gone) => remove(session, mirroring, gone),
  };
}

function marking(mirroring: Mirroring): GoneWork {
  return {
    done: 'marked as deleted',
    code: 'CONTACTS_MARKED',
    isOpen: (held) => canBeMarked(held) && !isMarked(held),
    settle: (session, gone) => markDeleted(session, mirroring, gone),
  };
}

interface Survey {
  readonly stored: number;
  /** The open contacts of them that the last complete listing lacked. */
  readonly missed: number;
  /** Returns those of them that are missing for a day, each with the start of the last complete listing. */
  readonly due: readonly DeletionMark[];
  /** A contact that the listing named. */
  readonly present: string | null;
}

async function surveyOf(session: StoreSession, mirroring: Mirroring, { isOpen }: GoneWork): Promise<Survey> {
  const { fullyListedFrom } = session.progress.current;
  const due: DeletionMark[] = [];
  let [stored, missed]: [number, number] = [0, 0];
  let present: string | null = null;
  for await (const page of heldPages(session, mirroring)) {
    for (const held of page) {
      const { contactId, version, note } = held;
      stored += 1;
      const absence = absenceOf(note);
      if (note === null && !isMarked(held)) present ??= contactId;
      if (!isMissed(absence, version, fullyListedFrom) || !isOpen(held)) continue;
      missed += 1;
      if (isMissedForADay(absence)) due.push({ contactId, version, deletedAt: absence.mark });
    }
  }
  return { stored, missed, due, present };
}

function tellSettled({ observe }: SessionFrame, settled: number, { done, code }: GoneWork): void {
  const them = settled === 1 ? 'it' : 'them';
  const evidence = `Complete listings lacked ${them} for a day, and the API has no body of ${them}.`;
  const message =
    done === 'removed'
      ? `Removed: ${counted(settled, 'contact')}. ${evidence}`
      : `Marked as deleted: ${counted(settled, 'contact')}. ${evidence} The rows stay.`;
  observe({ type: 'notice', level: 'info', code, message });
}

function tellTooMany(
  { observe, claim }: SessionFrame,
  { missed, stored, limit }: { readonly missed: number; readonly stored: number; readonly limit: number },
  { done }: GoneWork,
): void {
  const most = done === 'removed' ? 'may be removed at once' : 'are marked at once';
  const message =
    `The campaign lacks ${missed} of ${stored} stored contacts, more than the ${limit} that ${most}, so none was ${done}. ` +
    `If they were deleted on purpose: dbsync mirror-deletions --allow ${missed} --campaign ${claim.stream} --url TARGET`;
  observe({ type: 'notice', level: 'warn', code: 'MIRROR_TOO_MANY', message });
}

function tellDoubt({ observe }: SessionFrame, due: number, { done }: GoneWork): void {
  const message = `${counted(due, 'contact')} would have been ${done}. But the API also gave no body of a contact that it lists, so dbsync cannot trust its answers, and changed no contact. It tries again after the next complete listing.`;
  observe({ type: 'notice', level: 'warn', code: 'MIRROR_DOUBTED', message });
}

function tellNone({ observe }: SessionFrame, missed: number, { done, code }: GoneWork): void {
  const message = `No contact has been missing for a day, so none was ${done}. Missing for a shorter time: ${missed}.`;
  observe({ type: 'notice', level: 'info', code, message });
}
