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
    left = (await pipeline.move(wishes, { part, of: left.size })).missing;
  }
  if (left.size > 0) await buryListed(session, left, await listed());
}

async function buryListed({ claim, context, writer }: Session, missing: ReadonlySet<string>, listed: ListedContacts) {
  const now = () => new Date(context.clock.now()).toISOString();
  const code = 'CONTACT_MISSING';
  const stillListed = [...listed.chunks(1_000)].flat().filter(({ id }) => missing.has(id));
  const letterOf = ({ id, md5 }: ListedContact) => {
    const reason = `The API lists contact ${id} and answers requests for it without it.`;
    return newDeadLetter(
      { stream: claim.stream, now },
      { kind: 'fetch', identity: id, contactId: id, md5, code, reason, record: undefined },
    );
  };
  const deadLetters = stillListed.map(letterOf);
  if (deadLetters.length > 0) await writer.write({ deadLetters });
}
