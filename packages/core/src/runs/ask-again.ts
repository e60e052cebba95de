import type { DeadLetter } from '../contract/index.js';
import { plainRequest } from '../discover/contact-request.js';
import type { ListedContact } from '../discover/listed-contacts.js';
import type { StreamPart } from '../observe/run-events.js';
import { newDeadLetter } from '../records/new-dead-letter.js';
import type { MoveResult } from './contact-pipeline.js';
import type { Session, WritingSession } from './session.js';

const PAUSES_MS = [1_000, 5_000];

/** The contacts that a listing named when it was read once more. */
export interface FoundContacts {
  readonly listed: readonly ListedContact[];
  /** True where the listing was read to its end, or all were found before. */
  readonly isWhole: boolean;
}

/**
 * Asks again for contacts that a listing named and whose body was missing or lagged, since a replica may be behind.
 * Contacts that stay missing while the listing still names them become dead letters, so that they show, and the next
 * complete listing tries them again. A body that still lags is left to the next listing, which finds another md5 than
 * the stored one.
 *
 * @param findListed reads the listing once more, until it has found all of these contacts or has ended
 * @returns the contacts that were deleted in the campaign meanwhile: the listing named them, and does not any more
 */
export async function askAgain(
  session: Session,
  first: MoveResult,
  findListed: (contactIds: ReadonlySet<string>) => Promise<FoundContacts>,
  part: StreamPart,
): Promise<readonly string[]> {
  const { context, pipeline, wanted, stop } = session;
  let left = first;
  for (const pauseMs of PAUSES_MS) {
    const ids = new Set([...left.missing, ...left.lagging]);
    if (ids.size === 0) return [];
    await context.clock.sleep(pauseMs, stop);
    const requests = Array.from(ids, (id) => wanted.requestFor(id) ?? plainRequest(id));
    left = await pipeline.move(requests, { part, of: ids.size });
  }
  if (left.missing.size === 0) return [];
  const { listed, isWhole } = await findListed(left.missing);
  await moveToDeadLetters(session, listed);
  if (!isWhole) return [];
  const stillThere = new Set(listed.map(({ id }) => id));
  return [...left.missing].filter((id) => !stillThere.has(id));
}

/** Holds each lane while it decides, so a contact that is fetched meanwhile is not reported missing. */
async function moveToDeadLetters(session: Session, listed: readonly ListedContact[]) {
  const { lanes, wanted, writer } = session;
  const held = listed.filter(({ id }) => lanes.tryHold(id));
  const deadLetters = held.filter(({ id }) => wanted.isMissing(id)).map((contact) => letterOf(session, contact));
  if (deadLetters.length > 0) await writer.write({ deadLetters });
  for (const { id } of held) lanes.release(id);
}

function letterOf({ deadLetters }: WritingSession, { id, md5 }: ListedContact): DeadLetter {
  const reason = `The API lists contact ${id}, but gives no body of it.`;
  const failed = { identity: id, contactId: id, md5, code: 'CONTACT_MISSING', reason, record: undefined };
  return newDeadLetter(deadLetters, { kind: 'fetch', ...failed });
}
