import { isFields } from './json.js';
import { jsonOrNull } from './json-or-null.js';
import type { StoreRequest } from './store-request.js';

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
  if (isOfContacts && isTexts(contactIds)) return { key, kind, contactIds };
  const { present, orphansOnly } = body;
  if (kind === 'drop-gone' && isTexts(contactIds) && typeof present === 'string')
    return { key, kind, contactIds, present, ...(orphansOnly === true && { orphansOnly }) };
  if (kind === 'mirror' && isCount(most)) return { key, kind, most };
  if (kind === 'refetch-calls' && isInstantOrNull(body.from) && isInstantOrNull(body.until))
    return { key, kind, from: body.from, until: body.until };
  if (typeof deadLetterKey !== 'string') return unreadable;
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

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
