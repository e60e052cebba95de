import {
  type DeadLetter,
  isFields,
  type Json,
  parseJson,
  type ReplayRequest,
  type StoreRequest,
} from '../contract/index.js';
import { contactToTree } from '../transform/contact-to-tree.js';
import { answerDropGone } from './answer-drop-gone.js';
import { readDeadLetter } from './dead-letter-pages.js';
import { fetchAgain } from './fetch-again.js';
import { answerForget } from './forget-contacts.js';
import { keptCall, keptContact } from './kept-bodies.js';
import { answerRefetchCalls } from './refetch-calls.js';
import type { Session, SessionFrame, WritingSession } from './session.js';
import { answerMirror } from './settle-missed.js';

/** The largest number of requests, and of their bytes, that are in memory at a time. */
const LOOK = { limit: 100, maxBytes: 8 << 20 } as const;
/** The time in which a daemon answers requests before it goes on with its cycle. */
const RUN_MS = 60_000;

/** The last request that stayed when the time of a call was over, by session: the next call begins behind it. */
const placeLeft = new WeakMap<Session, string>();

/**
 * Carries out the requests in the store's mailbox, a part at a time. Any process may post one; only the holder of the
 * claim writes. Some requests stay in the mailbox until a later call: reading goes on behind them, so they keep none
 * waiting, whatever their number and size.
 * @param runMs the rest of the mailbox is left to the next call after this time, however many requests come meanwhile
 */
export async function answerRequests(session: Session, runMs = RUN_MS): Promise<void> {
  const { store, claim, deadlines, stop, context } = session;
  const startedMs = context.clock.monotonic();
  const seen = new Set<string>();
  const staying = new Set<string>();
  let after = placeLeft.get(session);
  let isFromFront = after === undefined;
  placeLeft.delete(session);
  for (;;) {
    const look = { ...LOOK, ...(after !== undefined && { after }) };
    const requests = await deadlines.run('takeRequests', stop, (call) =>
      store.takeRequests(claim, { ...call, ...look }),
    );
    const fresh = requests.filter(({ key }) => !seen.has(key));
    await removeUnreadable(session, fresh);
    for (const request of fresh) {
      seen.add(request.key);
      if (request.kind !== 'unreadable' && !(await answer(session, request))) staying.add(request.key);
    }
    const next = requests.findLast(({ key }) => staying.has(key))?.key ?? after;
    if (fresh.length === 0 && next === after) {
      if (isFromFront) return;
      isFromFront = true;
      after = undefined;
      continue;
    }
    after = next;
    if (context.clock.monotonic() - startedMs > runMs) {
      if (after !== undefined) placeLeft.set(session, after);
      return;
    }
  }
}

/** Removes rows that are no requests, all of a look in one write and with one line, since there may be thousands. */
async function removeUnreadable({ writer, observe }: Session, requests: readonly StoreRequest[]): Promise<void> {
  const settled = requests.filter(({ kind }) => kind === 'unreadable').map(({ key }) => key);
  const [first] = settled;
  if (first === undefined) return;
  const message =
    settled.length === 1
      ? `dbsync does not know the request ${first} in the mailbox, and removes it.`
      : `dbsync does not know ${settled.length} requests in the mailbox, such as ${first}, and removes them.`;
  observe({ type: 'notice', level: 'warn', code: 'REQUEST_UNREADABLE', message });
  await writer.write({ settled });
}

type ReadableRequest = Exclude<StoreRequest, { readonly kind: 'unreadable' }>;

/** Carries out a request. Returns false where it stays in the mailbox. */
async function answer(session: Session, request: ReadableRequest): Promise<boolean> {
  const { writer } = session;
  switch (request.kind) {
    case 'refetch-calls':
      return answerRefetchCalls(session, request);
    case 'forget':
    case 'remember':
      return answerForget(session, { ...request, kind: request.kind });
    case 'refetch':
      await fetchAgain(session, request.contactIds);
      await writer.write({ settled: [request.key] });
      return true;
    case 'drop-gone':
      await answerDropGone(session, request);
      return true;
    case 'mirror':
      await writer.write({ settled: [request.key] });
      await answerMirror(session, request.most);
      return true;
    case 'drop':
      await writer.write({ settled: [request.deadLetterKey, request.key] });
      return true;
    case 'replay': {
      const letter = await readDeadLetter(session, request.deadLetterKey);
      if (letter) await replay(session, letter, request);
      await writer.write({ settled: [request.key] });
      return true;
    }
  }
}

/**
 * Replays a dead letter. An accepted contact settles its dead letters by itself; one that fails again becomes a dead
 * letter once more. A contact that the campaign has deleted comes back only where the request says so.
 */
async function replay(session: Session, letter: DeadLetter, { evenIfDeleted }: ReplayRequest): Promise<void> {
  const { contactId } = letter;
  if (letter.kind === 'entry') return tellImpossible(session, `Dead letter ${letter.key} names no contact.`);
  if (contactId === null) return replayStoredCall(session, letter);
  const { missing } =
    evenIfDeleted && letter.kind === 'message' ? NONE_MISSING : await fetchAgain(session, [contactId]);
  if (missing.has(contactId) && HOLDING.has(letter.kind) && !evenIfDeleted) return tellDeleted(session, letter);
  if (letter.kind === 'message') return replayMessage(session, letter);
  if (missing.has(contactId)) await replayStoredContact(session, letter);
}

/** Kinds of dead letters whose body can be written or sent without the API. */
const HOLDING: ReadonlySet<DeadLetter['kind']> = new Set(['contact', 'message']);
const NONE_MISSING = { missing: new Set<string>() };

function tellDeleted({ observe }: SessionFrame, { key, contactId }: DeadLetter): void {
  const message = `The API no longer has contact ${contactId}, so dead letter ${key} stays. To replay it nevertheless: dbsync dead-letters replay ${key} --even-if-deleted`;
  observe({ type: 'notice', level: 'warn', code: 'REPLAY_OF_DELETED', message });
}

/**
 * Writes the stored body. The API has no such contact any more, so this body is the newest there is: a contact that was
 * accepted since would have settled this dead letter (R22).
 */
async function replayStoredContact(session: WritingSession, letter: DeadLetter): Promise<void> {
  const { writer, lanes, stop } = session;
  const body = letter.kind === 'contact' ? bodyOf(letter) : null;
  if (isFields(body) && letter.contactId !== null) {
    const tree = contactToTree(...keptContact(body, session));
    await lanes.run(letter.contactId, async () => void (await writer.write({ contacts: [tree] })), stop);
    return;
  }
  const { contactId, key } = letter;
  const message = `The API no longer has contact ${contactId}, and its dead letter ${key} does not hold the whole contact, so the dead letter stays.`;
  tellImpossible(session, message);
}

/**
 * Replays a message under its former id. A transaction that has been queued in a newer version since is sent in that
 * version only (R26).
 */
async function replayMessage(session: SessionFrame, { key }: DeadLetter): Promise<void> {
  const { settings, claim, stop } = session;
  const answer = (await settings.delivery?.queue.replay(claim, key, { signal: stop })) ?? 'absent';
  if (answer === 'queued') return;
  const message =
    answer === 'superseded'
      ? `Dead letter ${key} stays: a newer version of its transaction has been queued since.`
      : `There is no dead letter ${key} any more, or it holds no message, so nothing is sent.`;
  tellImpossible(session, message);
}

async function replayStoredCall(session: WritingSession, letter: DeadLetter): Promise<void> {
  const body = bodyOf(letter);
  const record = isFields(body) ? keptCall(body, session) : null;
  if (record?.kind === 'call') {
    await session.writer.write({ inboundCalls: [record.call], settled: [letter.key] });
    return;
  }
  tellImpossible(
    session,
    `Dead letter ${letter.key} is an inbound call without an id: it can only be kept or dropped.`,
  );
}

/** Parses the body. Null: it is no JSON, since another program may have changed it (R36). */
function bodyOf({ body }: DeadLetter): Json {
  try {
    return parseJson(body);
  } catch {
    return null;
  }
}

function tellImpossible({ observe }: SessionFrame, message: string): void {
  observe({ type: 'notice', level: 'warn', code: 'REPLAY_IMPOSSIBLE', message });
}
