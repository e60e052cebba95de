import type { Fields, Message } from '@dbsync/core/contract';
import { md5Of, sampleContact } from './sample-contacts.js';

/** A transaction of {@link sampleContact} with its contact, as core queues it. */
export function sampleMessage(contactId: string, changes: Partial<Message> = {}): Message {
  const { values, transactions } = sampleContact(contactId);
  return {
    id: `msg_${md5Of(`message of ${contactId}`)}`,
    contactId,
    attempt: 1,
    contact: withoutTaskLog(values),
    transaction: transactions[0]?.values ?? {},
    state: 'new',
    ...changes,
  };
}

/** Many such messages, each of a contact of its own. */
export function sampleMessages(count: number, prefix = 'C'): readonly Message[] {
  return Array.from({ length: count }, (_, nr) => sampleMessage(`${prefix}${nr}`));
}

function withoutTaskLog({ $task_log, ...contact }: Fields): Fields {
  return contact;
}
