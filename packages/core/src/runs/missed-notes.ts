import type { ContactNote, HeldContact, Mirroring } from '../contract/index.js';
import type { ListedContacts } from '../discover/listed-contacts.js';
import { absenceOf, type ListingStart, missedAgain, noteOf } from '../discover/missed-contacts.js';
import { START_TOLERANCE_MS } from '../fetch/api-clock.js';
import type { ReadingSession, SessionFrame, StoreSession } from './session.js';

const PAGE = 1_000;

/**
 * Notes in the store which contacts a complete listing lacks that was read whole. Notes nothing, so that all evidence
 * begins again, where the listing does not cover every stored contact (`since`), names none at all, or began at a time
 * on which the clocks do not agree (R4).
 * @param mark the start of the listing, as the progress keeps it; the progress still has the mark before it
 */
export async function noteMissed(session: ReadingSession, listed: ListedContacts, mark: string): Promise<void> {
  const mirroring = mirroringOf(session);
  if (mirroring === null) return;
  if (session.progress.current.since !== null) return tellPartial(session);
  const start = startOf(session, mark);
  if (start === null || listed.size === 0) return;
  const { fullyListedFrom } = session.progress.current;
  for await (const page of heldPages(session, mirroring)) {
    const notes = page.flatMap((held): ContactNote[] => {
      const { contactId, version, note } = held;
      if (listed.has(contactId)) return note === null ? [] : [{ contactId, note: null }];
      return [{ contactId, note: noteOf(missedAgain(absenceOf(note), version, start, fullyListedFrom)) }];
    });
    if (notes.length > 0) await keepNotes(session, mirroring, notes);
  }
}

/** Returns the store's mirroring, where the run should use it. */
export function mirroringOf({ settings, store }: StoreSession): Mirroring | null {
  return settings.mirrorDeletions === true ? (store.mirroring ?? null) : null;
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

function keepNotes(
  { claim, deadlines, storeGate, stop }: StoreSession,
  mirroring: Mirroring,
  notes: readonly ContactNote[],
) {
  const keep = () => deadlines.run('keepNotes', stop, (call) => mirroring.keepNotes(claim, notes, call));
  return storeGate.run(keep, stop);
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

function tellPartial({ observe }: SessionFrame): void {
  const message =
    'The copy begins at a time (--since), so listings do not cover all its contacts: --mirror-deletions removes none. Run db_init without --since first.';
  observe({ type: 'notice', level: 'warn', code: 'MIRROR_PARTIAL', message });
}
