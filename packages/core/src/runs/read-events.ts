import type { ContactRequest } from '../discover/contact-request.js';
import { advance } from '../discover/watermark.js';
import { canBeCut, PARTLY_READ, type Slice, slicesOf, toInstant } from '../discover/window.js';
import { requestsFor } from './read-versions.js';
import type { Session } from './session.js';

/**
 * Most lines of a slice that are held. A longer slice with more is read in shorter ones. The shortest one must be read whole,
 * or the watermark would never pass a change of many contacts at once: up to a number that no campaign reaches.
 */
const MOST_LINES = { ofLong: 200_000, ofShortest: 2_000_000 } as const;

/** The stretch of time to read. Instants in milliseconds. */
export interface EventScope {
  readonly fromMs: number;
  /** Null: all that has happened until now. */
  readonly untilMs: number | null;
  /**
   * The meaning of lines that are not known yet. `new`: something has just changed. `late`: the line appeared late, so the body
   * may have been fetched since. `again`: an earlier claim has read the line.
   */
  readonly lines: 'new' | 'late' | 'again';
}

/**
 * Reads events, fetches the contacts that they name, and moves the events watermark slice by slice. Lines are all read
 * before the first body is asked for, and are remembered once the bodies are committed; those of contacts that were
 * missing are read again. A contact whose body does not show a new line stays wanted for some minutes (R5).
 * Where a slice cannot be read to its end, what came is fetched, the watermark stays, and shorter slices are tried (R2).
 */
export async function readEvents(session: Session, scope: EventScope): Promise<void> {
  const { api, pipeline, knownLines, progress } = session;
  let entries = 0;
  for (const slice of slicesOf(scope.fromMs, scope.untilMs ?? api.now(), () => entries)) {
    const from = toInstant(slice.fromMs);
    const until = toInstant(slice.untilMs);
    const isOpen = slice.open && scope.untilMs === null;
    const most = canBeCut(slice) ? MOST_LINES.ofLong : MOST_LINES.ofShortest;
    const { lines, isWhole } = await readNewLines(session, { from, to: isOpen ? null : until, most });
    entries = isWhole ? lines.length : PARTLY_READ;
    const ids = [...new Set(lines.map(({ contactId }) => contactId))];
    const requests = await requestsFor(session, ids, reasonOf(slice, scope));
    const { missing } = await pipeline.move(requests, { part: 'events', of: requests.length });
    knownLines.remember(lines.filter(({ contactId }) => !missing.has(contactId)).map(({ line }) => line));
    if (isWhole) await progress.commit((recorded) => advance(recorded, 'eventsUntil', from, until));
  }
}

interface NewLine {
  readonly line: string;
  readonly contactId: string;
}

async function readNewLines(
  { api, settings, knownLines, reading }: Session,
  { from, to, most }: { readonly from: string; readonly to: string | null; readonly most: number },
) {
  const lines: NewLine[] = [];
  let isWhole = true;
  const onPartial = () => {
    isWhole = false;
  };
  for await (const page of api.eventPages({ from, to, filter: settings.filter, ...reading, onPartial })) {
    for (const event of page) if (!knownLines.has(event.line)) lines.push(event);
    if (lines.length < most) continue;
    isWhole = false;
    break;
  }
  return { lines, isWhole };
}

/** Lines of slices that are hours old are late as well: a replica does not lag so long, and the next listing compares. */
function reasonOf(slice: Slice, { lines }: EventScope): ContactRequest['reason'] {
  if (lines === 'again') return 'recheck';
  return lines === 'new' && slice.open ? 'changed' : 'plain';
}
