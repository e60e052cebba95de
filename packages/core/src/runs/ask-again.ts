import type { DeadLetter } from '../contract/index.js';
import type { ListedContact, ListedContacts } from '../discover/listed-contacts.js';
import { newDeadLetter } from '../new-dead-letter.js';
import type { StreamPart } from '../observe/run-events.js';
import type { Session } from './session.js';

const PAUSES_MS = [1_000, 5_000];

/**
 * Contacts that a listing named and an answer lacked: asked for again, since a replica may lag. Those that stay away but
 * that the listing still names become dead letters, so that they show, and the next complete listing tries them again.
 */
export async function askAgain(
  session: Session,
  missing: ReadonlySet<string>,
  listed: () => Promise<ListedContacts>,
  part: StreamPart,
): Promise<void> {
  const { context, pipeline, stop } = session;
  let left = missing;
  for (const pauseMs of PAUSES_MS) {
    if (left.size === 0) return;
    await context.clock.sleep(pauseMs, stop);
    const wishes = Array.from(left, (id) => ({ id, md5: null }));
    left = await pipeline.move(wishes, { part, of: left.size });
  }
  if (left.size > 0) await buryListed(session, left, await listed());
}

/** In their lanes: one that somebody else fetches just now is not lost, and one that came meanwhile no more. */
async function buryListed(session: Session, left: ReadonlySet<string>, listed: ListedContacts) {
  const { lanes, missing, writer } = session;
  for (const chunk of listed.chunks(1_000)) {
    const held = chunk.filter(({ id }) => left.has(id) && lanes.tryHold(id));
    const deadLetters = held.filter(({ id }) => missing.has(id)).map((contact) => letterOf(session, contact));
    if (deadLetters.length > 0) await writer.write({ deadLetters });
    for (const { id } of held) lanes.release(id);
  }
}

function letterOf({ deadLetters }: Session, { id, md5 }: ListedContact): DeadLetter {
  const reason = `The API lists contact ${id} and answers requests for it without it.`;
  const failed = { identity: id, contactId: id, md5, code: 'CONTACT_MISSING', reason, record: undefined };
  return newDeadLetter(deadLetters, { kind: 'fetch', ...failed });
}
