import type { ContactRequest } from '../discover/contact-request.js';
import { createListedContacts, type ListedContacts } from '../discover/listed-contacts.js';
import { advance } from '../discover/watermark.js';
import { canBeCut, PARTLY_READ, type Slice, slicesOf, toInstant } from '../discover/window.js';
import { requestsFor } from './read-versions.js';
import type { ReadingSession, StoreSession } from './session.js';

/**
 * The most lines of a slice that are held. A longer slice with more lines is read in shorter ones. The shortest one
 * must be read whole, or the watermark would never pass a change of many contacts at once: up to a number that no
 * campaign reaches.
 */
const MOST_LINES = { ofLong: 200_000, ofShortest: 2_000_000 } as const;

/**
 * The most lines that are remembered, the newest. Older ones are read again, and their contacts are fetched once more.
 */
const MOST_REMEMBERED = 50_000;
/** The number of contacts that are compared with the store at a time. */
const CHUNK = 1_000;

/** The span of time to read. Instants in milliseconds. */
export interface EventScope {
  readonly fromMs: number;
  /** Null: until now. */
  readonly untilMs: number | null;
  /**
   * The meaning of lines that are not known yet. `new`: something has just changed. `late`: the line appeared late, so the body
   * may have been fetched since. `again`: an earlier claim has read the line.
   */
  readonly lines: 'new' | 'late' | 'again';
}

/**
 * Reads events, fetches the contacts that they name, and moves the events watermark slice by slice. All lines of a
 * slice are read before the first body is requested, and are remembered once the bodies are committed; the lines of
 * contacts that were missing are read again. A contact whose body does not show a new line stays wanted for some
 * minutes (R5). Where a slice cannot be read to its end, the named contacts are fetched, the watermark stays, and
 * shorter slices are tried (R2).
 */
export async function readEvents(session: ReadingSession, scope: EventScope): Promise<void> {
  const { api, pipeline, knownLines, progress } = session;
  let entries = 0;
  for (const slice of slicesOf(scope.fromMs, scope.untilMs ?? api.now(), () => entries)) {
    const from = toInstant(slice.fromMs);
    const until = toInstant(slice.untilMs);
    const isOpen = slice.open && scope.untilMs === null;
    const window = { from, to: isOpen ? null : until, canBeCut: canBeCut(slice) };
    const { count, lines, named, isWhole } = await readNewLines(session, window);
    entries = isWhole ? count : PARTLY_READ;
    const requests = requestsOf(session, named, reasonOf(slice, scope));
    const { missing } = await pipeline.move(requests, { part: 'events', of: named.size });
    knownLines.remember(lines.filter(({ contactId }) => !missing.has(contactId)).map(({ line }) => line));
    if (isWhole) await progress.commit((recorded) => advance(recorded, 'eventsUntil', from, until));
  }
}

interface NewLine {
  readonly line: string;
  readonly contactId: string;
}

async function readNewLines(
  { api, settings, knownLines, reading }: ReadingSession,
  { from, to, canBeCut }: { readonly from: string; readonly to: string | null; readonly canBeCut: boolean },
) {
  const { filter } = settings;
  const most = canBeCut ? MOST_LINES.ofLong : Number.POSITIVE_INFINITY;
  const named = createListedContacts();
  let lines: NewLine[] = [];
  let count = 0;
  let isWhole = true;
  const onPartial = () => {
    isWhole = false;
  };
  const mostEntries = MOST_LINES.ofShortest;
  for await (const page of api.eventPages({ from, to, filter, mostEntries, ...reading, onPartial })) {
    for (const { line, contactId } of page) {
      if (knownLines.has(line)) continue;
      named.add({ id: contactId, md5: null });
      lines.push({ line, contactId });
      count++;
    }
    if (lines.length > 2 * MOST_REMEMBERED) lines = lines.slice(-MOST_REMEMBERED);
    if (count < most) continue;
    isWhole = false;
    break;
  }
  return { count, lines, named, isWhole };
}

/** Yields requests. There may be a million contacts, so each request is made when it is taken. */
async function* requestsOf(
  session: StoreSession,
  named: ListedContacts,
  reason: ContactRequest['reason'],
): AsyncGenerator<ContactRequest> {
  for (const chunk of named.chunks(CHUNK)) {
    yield* await requestsFor(
      session,
      chunk.map(({ id }) => id),
      reason,
    );
  }
}

/**
 * Returns the reason for a request. Lines of slices that are hours old are late as well: a replica does not lag so
 * long, and the next listing compares.
 */
function reasonOf(slice: Slice, { lines }: EventScope): ContactRequest['reason'] {
  if (lines === 'again') return 'recheck';
  return lines === 'new' && slice.open ? 'changed' : 'plain';
}
