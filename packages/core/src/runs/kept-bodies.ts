import type { Fields } from '../contract/index.js';
import type { TreeOptions } from '../transform/contact-to-tree.js';
import { type InboundRecord, toInboundCall } from '../transform/inbound-call.js';
import type { WritingSession } from './session.js';

/**
 * Reads the body of a dead letter, and the way in which it becomes a tree. A body that was cleaned by today's rules is
 * not cleaned again. It may lack the user of a transaction, so the filter does not check for one.
 */
export function keptContact(
  body: Fields,
  { deadLetters, settings }: WritingSession,
): [body: Fields, options: TreeOptions] {
  const { filter } = settings;
  const cleaned = deadLetters.fields?.unmarked(body) ?? null;
  if (cleaned === null) return [body, { ...deadLetters, filter }];
  const mode = filter.mode === 'hi_updates_only' ? 'updates_only' : filter.mode;
  return [cleaned, { ...deadLetters, fields: null, filter: { ...filter, mode } }];
}

/** Reads the inbound call of a dead letter, cleaned once. */
export function keptCall(body: Fields, { deadLetters }: WritingSession): InboundRecord {
  const cleaned = deadLetters.fields?.unmarked(body) ?? null;
  return cleaned === null ? toInboundCall(body, deadLetters) : toInboundCall(cleaned, { ...deadLetters, fields: null });
}
