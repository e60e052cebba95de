import type { Fields } from '../contract/index.js';
import type { TreeOptions } from '../transform/contact-to-tree.js';
import { type InboundRecord, toInboundCall } from '../transform/inbound-call.js';
import type { Session } from './session.js';

/**
 * The body of a dead letter, and how it becomes a tree. One that was cleaned by the rules of now is not cleaned again, and may
 * lack the user of a transaction, so the filter does not ask for one.
 */
export function keptContact(body: Fields, { deadLetters, settings }: Session): [body: Fields, options: TreeOptions] {
  const { filter } = settings;
  const cleaned = deadLetters.fields?.unmarked(body) ?? null;
  if (cleaned === null) return [body, { ...deadLetters, filter }];
  const mode = filter.mode === 'hi_updates_only' ? 'updates_only' : filter.mode;
  return [cleaned, { ...deadLetters, fields: null, filter: { ...filter, mode } }];
}

/** The inbound call that a dead letter holds, cleaned once. */
export function keptCall(body: Fields, { deadLetters }: Session): InboundRecord {
  const cleaned = deadLetters.fields?.unmarked(body) ?? null;
  return cleaned === null ? toInboundCall(body, deadLetters) : toInboundCall(cleaned, { ...deadLetters, fields: null });
}
