import { canonicalJson, type DeadLetter, type Fields, fieldOf, type InboundCall } from '../contract/index.js';
import { type DeadLetterContext, newDeadLetter } from '../new-dead-letter.js';

export type InboundRecord =
  | { readonly kind: 'call'; readonly call: InboundCall }
  | { readonly kind: 'dead-letter'; readonly deadLetter: DeadLetter };

/** A call without a text as its id is a dead letter, known by its whole text; nothing else of it is judged. Both are cleaned by the rules for fields. */
export function toInboundCall(raw: Fields, context: DeadLetterContext): InboundRecord {
  const body = context.fields?.cleanCall(raw) ?? raw;
  const id = fieldOf(body, 'id');
  if (typeof id === 'string' && id !== '') return { kind: 'call', call: { id, values: body } };
  const deadLetter = newDeadLetter(context, {
    kind: 'inbound-call',
    identity: canonicalJson(body),
    contactId: null,
    md5: null,
    code: 'API_RECORD_WITHOUT_ID',
    reason: 'An inbound call has no text as its id.',
    record: body,
  });
  return { kind: 'dead-letter', deadLetter };
}
