import { canonicalJson, type DeadLetter, type Fields, fieldOf, type InboundCall } from '../contract/index.js';
import { ID_LENGTH } from '../records/id-length.js';
import { type DeadLetterContext, newDeadLetter } from '../records/new-dead-letter.js';

export type InboundRecord =
  | { readonly kind: 'call'; readonly call: InboundCall }
  | { readonly kind: 'dead-letter'; readonly deadLetter: DeadLetter };

/**
 * Converts an inbound call. A call becomes a dead letter, known by its whole text, if its id is no text or is too long;
 * nothing else in it is checked. The field rules clean calls and dead letters.
 */
export function toInboundCall(raw: Fields, context: DeadLetterContext): InboundRecord {
  const body = context.fields?.cleanCall(raw) ?? raw;
  const id = fieldOf(body, 'id');
  if (typeof id !== 'string' || id === '') {
    return letterOf(body, context, 'API_RECORD_WITHOUT_ID', 'An inbound call has no text as its id.');
  }
  if (id.length <= ID_LENGTH) return { kind: 'call', call: { id, values: body } };
  const reason = `An inbound call has an id of ${id.length} characters, more than dbsync takes.`;
  return letterOf(body, context, 'API_RECORD_OUT_OF_BOUNDS', reason);
}

function letterOf(record: Fields, context: DeadLetterContext, code: string, reason: string): InboundRecord {
  const identity = canonicalJson(record);
  const failed = { kind: 'inbound-call', identity, contactId: null, md5: null, code, reason, record } as const;
  return { kind: 'dead-letter', deadLetter: newDeadLetter(context, failed) };
}
