import type { ContactNote, HeldContact, Mirroring } from '../contract/index.js';
import type { ListedContacts } from '../discover/listed-contacts.js';
import { absenceOf, type ListingStart, missedAgain, noteOf } from '../discover/missed-contacts.js';
import { START_TOLERANCE_MS } from '../fetch/api-clock.js';
import type { ReadingSession, SessionFrame, StoreSession } from './session.js';

const PAGE = 1_000;

/** A complete listing that was read whole. */
export interface CompleteListing {
  readonly listed: ListedContacts;
  /** The start of the listing, as the progress keeps it; the progress still has the mark before it. */
  readonly startedAt: string;
  /** The start of the changes that it names; null: it names every contact of the campaign. */
  readonly from: string | null;
}

/**
 * Notes in the store which contacts a complete listing lacks that was read whole, and takes the marks of deleted contacts
 * away from those that it has. Notes nothing, so that all evidence begins again, where the listing does not cover every
 * stored contact (`since`), names none at all, or began at a time on which the clocks do not agree (R4).
 * @returns whether it lacks contacts that may have to be marked, or removed
 */
export async function noteMissed(
  session: ReadingSession,
  { listed, startedAt, from }: CompleteListing,
): Promise<boolean> {
  const { settings, store } = session;
  const { mirroring } = store;
  if (mirroring === undefined) return false;
  const removes = settings.mirrorDeletions === true;
  if (from !== null) {
    if (removes) tellPartial(session);
    return false;
  }
  if (listed.size === 0) return false;
  const start = startOf(session, startedAt);
  let lacksSome = false;
  for await (const page of heldPages(session, mirroring)) {
    if (!removes && !page.some(canBeMarked)) return false;
    const returned = page.filter((held) => isMarked(held) && listed.has(held.contactId));
    if (returned.length > 0) await takeMarksAway(session, mirroring, returned);
    // The evidence about a marked contact is complete: only a removal goes on asking for it.
    const open = page.filter((held) => removes || listed.has(held.contactId) || !isMarked(held));
    lacksSome ||= start !== null && open.some(({ contactId }) => !listed.has(contactId));
    const notes = start === null ? [] : notesOf(session, open, listed, start);
    if (notes.length > 0) await keepNotes(session, mirroring, notes);
  }
  return lacksSome;
}

/** Yields all contacts that the stream wrote, a page at a time. */
export async function* heldPages(
  { claim, deadlines, stop }: StoreSession,
  mirroring: Mirroring,
): AsyncGenerator<readonly HeldContact[]> {
  let after: string | undefined;
  do {
    const options = { limit: PAGE, ...(after === undefined ? {} : { after }) };
    const page = await deadlines.run('listHeld', stop, (call) => mirroring.listHeld(claim, { ...options, ...call }));
    yield page;
    after = page.length < PAGE ? undefined : page.at(-1)?.contactId;
  } while (after !== undefined);
}

/** True where the target keeps marks. */
export function canBeMarked({ deletedAt }: HeldContact): boolean {
  return deletedAt !== undefined;
}

/** True where the contact has the mark of a deleted one. */
export function isMarked({ deletedAt }: HeldContact): boolean {
  return typeof deletedAt === 'string';
}

/** Returns the notes that change. */
function notesOf(
  { progress }: SessionFrame,
  contacts: readonly HeldContact[],
  listed: ListedContacts,
  start: ListingStart,
): readonly ContactNote[] {
  const { fullyListedFrom } = progress.current;
  return contacts.flatMap(({ contactId, version, note }): ContactNote[] => {
    if (listed.has(contactId)) return note === null ? [] : [{ contactId, note: null }];
    return [{ contactId, note: noteOf(missedAgain(absenceOf(note), version, start, fullyListedFrom)) }];
  });
}

function keepNotes(
  { claim, deadlines, storeGate, stop }: StoreSession,
  mirroring: Mirroring,
  notes: readonly ContactNote[],
) {
  const keep = () => deadlines.run('keepNotes', stop, (call) => mirroring.keepNotes(claim, notes, call));
  return storeGate.run(keep, stop);
}

/** A contact that is written meanwhile loses its mark by that write. */
function takeMarksAway(
  { claim, deadlines, storeGate, stop }: StoreSession,
  mirroring: Mirroring,
  contacts: readonly HeldContact[],
) {
  const marks = contacts.map(({ contactId, version }) => ({ contactId, version, deletedAt: null }));
  return storeGate.runAlone(() => deadlines.run('mark', stop, (call) => mirroring.mark(claim, marks, call)), stop);
}

/** Returns the start of the listing; null where the API's clock and the machine's do not agree. */
function startOf({ api }: ReadingSession, mark: string): ListingStart | null {
  const both = api.clocks();
  if (both === null) return null;
  const aheadMs = Math.round(both.machineMs - both.apiMs);
  if (Math.abs(aheadMs) > START_TOLERANCE_MS) return null;
  const startedMs = Date.parse(mark);
  return { mark, earliestMs: startedMs + Math.min(0, aheadMs), latestMs: startedMs + Math.max(0, aheadMs) };
}

/** Reports that no listing of the copy covers all its contacts. */
export function tellPartial({ observe }: SessionFrame): void {
  const message =
    'The copy begins at a time (--since), so listings do not cover all its contacts: none is removed, or marked as deleted. Run db_init without --since first.';
  observe({ type: 'notice', level: 'warn', code: 'MIRROR_PARTIAL', message });
}
