import type { ContactTree, DeadLetter, Fields } from '../contract/index.js';
import { newDeadLetter } from '../records/new-dead-letter.js';
import { contactToTree, type TreeOptions } from './contact-to-tree.js';
import { idPart } from './record-ids.js';

export type ContactRecord =
  | { readonly kind: 'tree'; readonly tree: ContactTree }
  | { readonly kind: 'dead-letter'; readonly deadLetter: DeadLetter };

/**
 * Takes a body apart. If that fails for any reason, the body becomes a dead letter, so that it does not affect other
 * contacts.
 */
export function toContactRecord(contactId: string, body: Fields, options: TreeOptions): ContactRecord {
  try {
    return { kind: 'tree', tree: contactToTree(body, options) };
  } catch (error) {
    const reason = `The body of contact ${contactId} cannot be read: ${error instanceof Error ? error.message : error}`;
    const failed = { kind: 'contact', identity: contactId, contactId, md5: idPart(body, '$md5') } as const;
    // If fields are left out or hashed, the body is not kept: the field rules may be the part that failed.
    const record = options.fields ? undefined : body;
    const deadLetter = newDeadLetter(options, { ...failed, code: 'API_RECORD_UNREADABLE', reason, record });
    return { kind: 'dead-letter', deadLetter };
  }
}
