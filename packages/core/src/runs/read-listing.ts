import { repeatUntil } from '../concurrency/repeat.js';
import type { ContactVersion } from '../contract/index.js';
import { type ComparisonRules, mustFetch } from '../discover/changed-contacts.js';
import type { ContactRequest } from '../discover/contact-request.js';
import { createListedContacts, type ListedContact, type ListedContacts } from '../discover/listed-contacts.js';
import { advance } from '../discover/watermark.js';
import { changedSinceDay, toInstant } from '../discover/window.js';
import type { StreamPart } from '../observe/run-events.js';
import { askAgain, type FoundContacts } from './ask-again.js';
import { moveFirstLoad } from './bulk-load.js';
import { tellUnusedRules } from './changed-fields.js';
import { noteMissed } from './missed-notes.js';
import { readVersions, storedMd5 } from './read-versions.js';
import { READING_BACKOFF } from './reading-backoff.js';
import type { RequestMeter } from './request-meter.js';
import type { ReadingSession, Session, SessionFrame } from './session.js';
import { guardMirroring, settleMissed } from './settle-missed.js';

export interface ListingScope {
  readonly part: StreamPart;
  /** The start of the changes to list; null: every contact. */
  readonly from: string | null;
  /**
   * The number of days by which the listing begins before `from`: a listing knows days only, of an unknown time zone
   * (R3).
   */
  readonly daysEarlier: number;
  /** True: compares all that the stream should hold. Deleted contacts show, and refused ones are tried again. */
  readonly complete: boolean;
  /**
   * True: no later listing soon names all of these again, so contacts that answers lack are asked for again before it
   * ends.
   */
  readonly insist: boolean;
  /**
   * True for the first listing under a claim: it may come from a replica that is behind what an earlier claim has
   * stored (R5).
   */
  readonly isFirst: boolean;
  /** True while a first copy is loaded without keys (R20): they are built once each contact was moved. Absent: false. */
  readonly loads?: boolean;
  /** Adds up the time of its requests. */
  readonly meter?: RequestMeter;
}

/** The result of reading a listing. */
export interface ListingEnd {
  /** True where the listing was read to its end. */
  readonly isWhole: boolean;
  /**
   * True where every change up to the start of the listing has been fetched. A complete listing compares md5s even
   * where they prove nothing (R8), and then leaves that to the next listing of changes.
   */
  readonly coversChanges: boolean;
}

/** The longest way back for a listing that is read only once: the next listings read most of it again. */
const ONE_PASS_MS = 2 * 86_400_000;
const MOST_PASSES = 5;
const CHUNK = 1000;

/**
 * Lists contacts, fetches those that the store has not proved, and moves the listing watermarks to the start of the
 * listing. A listing that could not be read to its end moves no mark: what was read of it is fetched all the same (R2).
 */
export async function readListing(session: Session, scope: ListingScope): Promise<ListingEnd> {
  const { api, pipeline, progress, claim, context } = session;
  const startedAt = toInstant(api.now());
  const coversAll = !scope.complete || progress.current.md5Proves;
  const fetchingAll = scope.complete || progress.current.md5Proves ? null : session.md5Distrust.beginFetchingAll();
  const startedMs = context.clock.monotonic();
  const { listed, isWhole } = await drain(session, scope);
  session.observe({ type: 'listed', part: scope.part, contacts: listed.size });
  const options = { part: scope.part, of: listed.size, onAnswered: scope.meter?.bodies };
  const requests = outdated(session, listed, scope);
  const moved = await (scope.loads ? moveFirstLoad(session, requests, options) : pipeline.move(requests, options));
  const find = (ids: ReadonlySet<string>) => findListed(session, scope, ids);
  const gone = scope.insist ? await askAgain(session, moved, find, scope.part) : [];
  if (!isWhole) return { isWhole, coversChanges: false };
  let lacksStored = false;
  tellDeleted(session, gone);
  session.tally.listed(listed.size - gone.length);
  if (scope.complete) {
    announceGone(session, listed);
    tellUnusedRules(session);
    // A first load has just stored all that the listing named, and nothing else.
    if (!scope.loads)
      await guardMirroring(session, async () => {
        lacksStored = await noteMissed(session, { listed, startedAt, from: scope.from });
      });
  }
  await progress.commit((recorded) => {
    const moved = coversAll ? advance(recorded, 'listedFrom', scope.from, startedAt) : recorded;
    if (fetchingAll) return fetchingAll.end(moved, startedAt, toInstant(api.now()));
    return scope.complete ? { ...moved, fullyListedFrom: startedAt, plan: claim.plan } : moved;
  });
  if (fetchingAll && progress.current.md5Proves) announceTrust(session);
  const tookMs = context.clock.monotonic() - startedMs;
  session.observe({ type: 'part-done', part: scope.part, contacts: listed.size, tookMs, until: startedAt });
  if (lacksStored) await guardMirroring(session, () => settleMissed(session, null));
  return { isWhole, coversChanges: coversAll };
}

/**
 * Reads a listing until it was read to its end once. Each reading gets further, since contacts that the store has
 * proved are not fetched again.
 */
export async function readWholeListing(session: Session, scope: ListingScope): Promise<ListingEnd> {
  const { isFirst, loads = false } = scope;
  const read = (attempt: number) =>
    readListing(session, { ...scope, isFirst: isFirst && attempt === 1, loads: loads && attempt === 1 });
  const { context, stop } = session;
  const options = { clock: context.clock, backoff: READING_BACKOFF, signal: stop };
  return await repeatUntil(read, ({ isWhole }) => isWhole, options);
}

/**
 * Reads all pages. A listing is no snapshot: a contact that changes meanwhile can shift another off every page (R2). So
 * a listing that begins far back is read again until a pass brings no new id; one empty answer is not believed either.
 * Bodies are requested when all is read, so that slow writes never outlive a cursor.
 */
async function drain(
  { api, reading, observe }: ReadingSession,
  { part, from, daysEarlier, meter }: ListingScope,
): Promise<{ readonly listed: ListedContacts; readonly isWhole: boolean }> {
  const changedSince = from === null ? null : changedSinceDay(from, daysEarlier);
  const passes = isReadOnce(from, api.now()) ? 1 : MOST_PASSES;
  const listed = createListedContacts();
  let isWhole = true;
  const onPartial = () => {
    isWhole = false;
  };
  const tell = () => observe({ type: 'survey', part, step: 'read', contacts: listed.size, of: null });
  tell();
  for (let pass = 1; pass <= passes; pass++) {
    const before = listed.size;
    for await (const page of api.contactPages({ changedSince, ...reading, onPartial, onAnswered: meter?.page })) {
      for (const contact of page) listed.add(contact);
      tell();
    }
    if ((listed.size === before && pass > 1) || !isWhole) break;
  }
  return { listed, isWhole };
}

/** True for a listing that begins so late that one pass is enough; any other one has two at least. */
export function isReadOnce(from: string | null, nowMs: number): boolean {
  return from !== null && nowMs - Date.parse(from) <= ONE_PASS_MS;
}

/** Reads the listing once, until all of these contacts have been found in it. */
async function findListed(
  { api, reading }: ReadingSession,
  { from, daysEarlier, meter }: ListingScope,
  contactIds: ReadonlySet<string>,
): Promise<FoundContacts> {
  const changedSince = from === null ? null : changedSinceDay(from, daysEarlier);
  const found = new Map<string, ListedContact>();
  let isWhole = true;
  const onPartial = () => {
    isWhole = false;
  };
  for await (const page of api.contactPages({ changedSince, ...reading, onPartial, onAnswered: meter?.page })) {
    for (const contact of page) if (contactIds.has(contact.id)) found.set(contact.id, contact);
    if (found.size === contactIds.size) break;
  }
  return { listed: [...found.values()], isWhole };
}

async function* outdated(
  session: ReadingSession,
  listed: ListedContacts,
  scope: ListingScope,
): AsyncGenerator<ContactRequest> {
  const { progress, observe, wanted, replaced, settings } = session;
  const { part } = scope;
  let compared = 0;
  const md5Proves = (progress.current.md5Proves || scope.complete) && !settings.again;
  const rules: ComparisonRules = { md5Proves, retryRefused: scope.complete || settings.again === true };
  for (const chunk of listed.chunks(CHUNK)) {
    const ids = chunk.map(({ id }) => id);
    const versions = await readVersions(session, ids, { compareRows: scope.complete });
    compared += chunk.length;
    observe({ type: 'survey', part, step: 'compared', contacts: compared, of: listed.size });
    for (const contact of chunk) {
      const known = versions.get(contact.id);
      if (known?.forgotten) continue;
      if (contact.md5 !== null && contact.md5 === storedMd5(known)) wanted.storedIsListed(contact.id);
      replaced.listed(contact.id, contact.md5);
      if (mustFetch(contact, known, rules)) yield requestOf(session, contact, known, scope);
    }
  }
}

function announceTrust({ observe }: SessionFrame): void {
  const message =
    'dbsync found no other contact that changed and whose md5 did not: it again fetches only contacts whose md5 changed.';
  observe({ type: 'notice', level: 'info', code: 'API_MD5_RELIABLE', message });
}

/**
 * Makes a request. A listing of a lagging replica may name an md5 that was replaced: then its body need not differ from
 * the stored one.
 */
function requestOf(
  { replaced }: ReadingSession,
  { id, md5 }: ListedContact,
  known: ContactVersion | undefined,
  { isFirst }: ListingScope,
): ContactRequest {
  const stored = storedMd5(known);
  const isChanged = md5 !== null && md5 !== stored && !replaced.has(id, md5);
  const isOrdered = isChanged && !isFirst;
  return { id, md5, stored, reason: isChanged ? 'changed' : 'plain', isOrdered, attempt: 'first' };
}

/** The largest number of deleted contacts that a notice names. */
const MAX_NAMED = 3;

function tellDeleted({ observe }: SessionFrame, gone: readonly string[]): void {
  if (gone.length === 0) return;
  const named = gone.slice(0, MAX_NAMED).join(', ');
  const more = gone.length > MAX_NAMED ? ` and ${gone.length - MAX_NAMED} more` : '';
  const which = gone.length === 1 ? `Contact ${named} was` : `Contacts ${named}${more} were`;
  const message = `${which} deleted in the campaign while it was listed. Existing rows stay.`;
  observe({ type: 'notice', level: 'info', code: 'CONTACT_GONE', message });
}

function announceGone({ wanted, observe, settings }: ReadingSession, listed: ListedContacts): void {
  const rows = settings.mirrorDeletions ? 'Its rows stay until --mirror-deletions removes them.' : 'Its rows stay.';
  for (const contactId of wanted.takeGone((id) => listed.has(id))) {
    const message = `Contact ${contactId} is not in any listing any more: it was deleted in the campaign. ${rows}`;
    observe({ type: 'notice', level: 'info', code: 'CONTACT_GONE', message });
  }
}
