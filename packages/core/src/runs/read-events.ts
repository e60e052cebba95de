import type { ListedContact } from '../discover/listed-contacts.js';
import { advance } from '../discover/watermark.js';
import { slicesOf, toInstant } from '../discover/window.js';
import type { Session } from './session.js';

/**
 * Reads the events from this instant to now, fetches the contacts that they name, and moves the events watermark slice by
 * slice. Lines are all read before the first body is asked for, so every one of them is known once the bodies are
 * committed (R5); those of contacts that were missing are read again.
 */
export async function readEvents(session: Session, fromMs: number): Promise<void> {
  const { api, pipeline, knownLines, progress } = session;
  let entries = 0;
  for (const slice of slicesOf(fromMs, api.now(), () => entries)) {
    const from = toInstant(slice.fromMs);
    const until = toInstant(slice.untilMs);
    const { lines, wanted } = await readNewLines(session, from, slice.open ? null : until);
    entries = lines.length;
    const missing = await pipeline.move(wanted.values(), { part: 'events', of: wanted.size });
    knownLines.remember(lines.filter(({ contactId }) => !missing.has(contactId)).map(({ line }) => line));
    await progress.commit((recorded) => advance(recorded, 'eventsUntil', from, until));
  }
}

async function readNewLines({ api, settings, knownLines, reading }: Session, from: string, to: string | null) {
  const lines: { readonly line: string; readonly contactId: string }[] = [];
  const wanted = new Map<string, ListedContact>();
  for await (const page of api.eventPages({ from, to, filter: settings.filter, ...reading })) {
    for (const event of page) {
      if (knownLines.has(event.line)) continue;
      lines.push(event);
      wanted.set(event.contactId, { id: event.contactId, md5: null });
    }
  }
  return { lines, wanted };
}
