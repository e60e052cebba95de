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
  const most = Number(body.most);
  const isOfContacts = kind === 'refetch' || kind === 'forget' || kind === 'remember';
  if (isOfContacts && isTexts(contactIds)) return { key, kind, contactIds };
  const { present, orphansOnly } = body;
  if (kind === 'drop-gone' && isTexts(contactIds) && typeof present === 'string')
    return { key, kind, contactIds, present, ...(orphansOnly === true && { orphansOnly }) };
  if (kind === 'mirror' && Number.isSafeInteger(most) && most > 0) return { key, kind, most };
  if (kind === 'refetch-calls' && isInstantOrNull(body.from) && isInstantOrNull(body.until))
    return { key, kind, from: body.from, until: body.until };
  if (typeof deadLetterKey !== 'string') return unreadable;
  if (kind === 'replay') return { key, kind, deadLetterKey, ...(evenIfDeleted === true && { evenIfDeleted }) };
  if (kind === 'drop') return { key, kind, deadLetterKey };
  return unreadable;
}

function isInstantOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
