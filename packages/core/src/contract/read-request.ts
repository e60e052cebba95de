import { isFields } from './json.js';
import { jsonOrNull } from './json-or-null.js';
import type { StoreRequest } from './store-request.js';

/** The most bytes of a request as JSON. A longer row is of another program, and is no request. */
export const REQUEST_BYTES = 4 << 20;
/** The most characters of an id or a key in a request: the API has none that is longer, see `ID_LENGTH`. */
const REQUEST_ID_LENGTH = 1_000;

/**
 * Returns why a mailbox would not take this request for one; null: it would. Core asks before it posts.
 */
export function requestFault(request: StoreRequest): string | null {
  const text = JSON.stringify(request);
  if (Buffer.byteLength(text) > REQUEST_BYTES)
    return `it has more than ${REQUEST_BYTES >> 20} MiB. Name fewer contacts at a time`;
  if (readStoreRequest(request.key, text).kind !== 'unreadable') return null;
  return `it has an id of more than ${REQUEST_ID_LENGTH} characters, or a number or time that dbsync does not take`;
}

/**
 * Reads a request of a mailbox, where other programs may write too (R36). A text that is no request becomes
 * `unreadable`, so that core settles it by its key and reports it.
 * @param text JSON, without the key
 */
export function readStoreRequest(key: string, text: string): StoreRequest {
  const unreadable = { key, kind: 'unreadable' } as const;
  const body = jsonOrNull(text);
  if (!isFields(body)) return unreadable;
  const { kind, contactIds, deadLetterKey, evenIfDeleted } = body;
  const { most } = body;
  const isOfContacts = kind === 'refetch' || kind === 'forget' || kind === 'remember';
  if (isOfContacts && isIds(contactIds)) return { key, kind, contactIds };
  const { present, orphansOnly } = body;
  if (kind === 'drop-gone' && isIds(contactIds) && isId(present))
    return { key, kind, contactIds, present, ...(orphansOnly === true && { orphansOnly }) };
  if (kind === 'mirror' && isCount(most)) return { key, kind, most };
  if (kind === 'refetch-calls' && isInstantOrNull(body.from) && isInstantOrNull(body.until))
    return { key, kind, from: body.from, until: body.until };
  if (!isId(deadLetterKey)) return unreadable;
  if (kind === 'replay') return { key, kind, deadLetterKey, ...(evenIfDeleted === true && { evenIfDeleted }) };
  if (kind === 'drop') return { key, kind, deadLetterKey };
  return unreadable;
}

/** An instant between 2000 and 2100, as dbsync writes it: others would be read in millions of slices. */
function isInstantOrNull(value: unknown): value is string | null {
  if (value === null) return true;
  return typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

const INSTANT = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isIds(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isId);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= REQUEST_ID_LENGTH;
}
