import { isFields } from './json.js';
import { jsonOrNull } from './json-or-null.js';
import type { StoreRequest } from './store-request.js';

/** The most bytes of a request as JSON. A longer row is of another program, and is no request. */
export const REQUEST_BYTES = 4 << 20;
/** The most characters of a key, and of the contact that `drop-gone` relies on: see `ID_LENGTH`. */
const REQUEST_KEY_LENGTH = 1_000;
/** The most characters of a value that the reason names. */
const NAMED_LENGTH = 60;

/** Returns the reason why a mailbox refuses this request; null: it accepts it. Core calls it before it posts. */
export function requestFault(request: StoreRequest): string | null {
  const text = JSON.stringify(request);
  if (Buffer.byteLength(text) > REQUEST_BYTES)
    return `it has more than ${REQUEST_BYTES >> 20} MiB. Name fewer contacts at a time`;
  return readStoreRequest(request.key, text).kind === 'unreadable' ? faultOf(request) : null;
}

function faultOf(request: StoreRequest): string {
  const tooLong = `has more than ${REQUEST_KEY_LENGTH} characters`;
  switch (request.kind) {
    case 'refetch-calls': {
      const odd = [request.from, request.until].find((instant) => !isInstantOrNull(instant));
      return `the time ${named(odd)} is not between 2000 and 2100`;
    }
    case 'mirror':
      return `${named(request.most)} is not a number of contacts`;
    case 'drop-gone':
      return `the id of contact ${named(request.present)} ${tooLong}`;
    case 'drop':
    case 'replay':
      return `the key of dead letter ${named(request.deadLetterKey)} ${tooLong}`;
    default:
      return 'dbsync does not know its kind';
  }
}

function named(value: unknown): string {
  const text = String(value);
  return text.length > NAMED_LENGTH ? `${text.slice(0, NAMED_LENGTH)}...` : text;
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
  return Array.isArray(value) && value.every((id) => typeof id === 'string');
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= REQUEST_KEY_LENGTH;
}
