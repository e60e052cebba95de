import type { ContactVersion } from '../contract/index.js';
import { type ComparisonRules, mustFetch } from '../discover/changed-contacts.js';
import type { ContactRequest } from '../discover/contact-request.js';
import { createListedContacts, type ListedContact, type ListedContacts } from '../discover/listed-contacts.js';
import { advance } from '../discover/watermark.js';
import { changedSinceDay, toInstant } from '../discover/window.js';
import type { StreamPart } from '../observe/run-events.js';
import { askAgain } from './ask-again.js';
import { readVersions, storedMd5 } from './read-versions.js';
import type { RequestMeter } from './request-meter.js';
import type { Session } from './session.js';

export interface ListingScope {
  readonly part: StreamPart;
  /** Everything that changed from this instant on; null: every contact. */
  readonly from: string | null;
  /** How many days before `from` the listing begins: a listing knows days only, of a zone that nobody knows (R3). */
  readonly daysEarlier: number;
  /** Compares all that the stream is to hold: gone contacts show, refused ones get another chance. */
  readonly complete: boolean;
  /** No later listing names all of these again soon: contacts that answers lack are insisted upon before it ends. */
  readonly insist: boolean;
  /** The first listing under a claim: it may come from a replica that is behind what an earlier claim has stored (R5). */
  readonly isFirst: boolean;
  /** Adds up the time of its requests. */
  readonly meter?: RequestMeter;
}

/** How far back a listing may begin and still be read only once: the next ones read most of it again. */
const ONE_PASS_MS = 2 * 86_400_000;
const MOST_PASSES = 5;
const CHUNK = 1000;

/**
 * Lists contacts, fetches those that the store has not proved, and moves the listing watermarks to the start of the
 * listing. Answers whether every change up to there has been fetched: a complete listing compares md5s even where they
 * prove nothing (R8), and then leaves that mark to the next listing of changes.
 */
export async function readListing(session: Session, scope: ListingScope): Promise<boolean> {
  const { api, pipeline, progress, claim, context } = session;
  const startedAt = toInstant(api.now());
  const coversAll = !scope.complete || progress.current.md5Proves;
  const startedMs = context.clock.monotonic();
  const listed = await drain(session, scope);
  session.observe({ type: 'listed', part: scope.part, contacts: listed.size });
  const options = { part: scope.part, of: listed.size, onAnswered: scope.meter?.bodies };
  const moved = await pipeline.move(outdated(session, listed, scope), options);
  if (scope.insist) await askAgain(session, moved, () => drain(session, scope), scope.part);
  if (scope.complete) announceGone(session, listed);
  await progress.commit((recorded) => {
    const moved = coversAll ? advance(recorded, 'listedFrom', scope.from, startedAt) : recorded;
    return scope.complete ? { ...moved, fullyListedFrom: startedAt, plan: claim.plan } : moved;
  });
  const tookMs = context.clock.monotonic() - startedMs;
  session.observe({ type: 'part-done', part: scope.part, contacts: listed.size, tookMs, until: startedAt });
  return coversAll;
}

/**
 * A listing is no snapshot: a contact that changes while it is read can shift another off every page (R2). So one that
 * begins far back is read again until a pass brings no new id. Bodies are asked for when all is read, so that slow writes
 * never outlive a cursor.
 */
async function drain(
  { api, reading, observe }: Session,
  { part, from, daysEarlier, meter }: ListingScope,
): Promise<ListedContacts> {
  const changedSince = from === null ? null : changedSinceDay(from, daysEarlier);
  const passes = from === null || api.now() - Date.parse(from) > ONE_PASS_MS ? MOST_PASSES : 1;
  const listed = createListedContacts();
  const tell = () => observe({ type: 'survey', part, step: 'read', contacts: listed.size, of: null });
  tell();
  for (let pass = 1; pass <= passes; pass++) {
    const before = listed.size;
    for await (const page of api.contactPages({ changedSince, ...reading, onAnswered: meter?.page })) {
      for (const contact of page) listed.add(contact);
      tell();
    }
    if (listed.size === before) break;
  }
  return listed;
}

async function* outdated(
  session: Session,
  listed: ListedContacts,
  scope: ListingScope,
): AsyncGenerator<ContactRequest> {
  const { progress, observe, wanted } = session;
  const { part } = scope;
  let compared = 0;
  const md5Proves = progress.current.md5Proves || scope.complete;
  const rules: ComparisonRules = { md5Proves, retryRefused: scope.complete };
  for (const chunk of listed.chunks(CHUNK)) {
    const ids = chunk.map(({ id }) => id);
    const versions = await readVersions(session, ids);
    compared += chunk.length;
    observe({ type: 'survey', part, step: 'compared', contacts: compared, of: listed.size });
    for (const contact of chunk) {
      const known = versions.get(contact.id);
      if (contact.md5 !== null && contact.md5 === storedMd5(known)) wanted.storedIsListed(contact.id);
      if (mustFetch(contact, known, rules)) yield requestOf(session, contact, known, scope);
    }
  }
}

/** A listing of a lagging replica names an md5 that was replaced: then its body need not differ from what is stored. */
function requestOf(
  { replaced }: Session,
  { id, md5 }: ListedContact,
  known: ContactVersion | undefined,
  { isFirst }: ListingScope,
): ContactRequest {
  const stored = storedMd5(known);
  const isChanged = md5 !== null && md5 !== stored && !replaced.has(id, md5);
  const isOrdered = isChanged && !isFirst;
  return { id, md5, stored, reason: isChanged ? 'changed' : 'plain', isOrdered, attempt: 'first' };
}

function announceGone({ wanted, observe }: Session, listed: ListedContacts): void {
  for (const contactId of wanted.takeGone((id) => listed.has(id))) {
    const message = `Contact ${contactId} is in no listing any more: it was deleted in the campaign. Its rows stay.`;
    observe({ type: 'notice', level: 'info', code: 'CONTACT_GONE', message });
  }
}
