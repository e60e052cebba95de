import {
  contactOfLetter,
  type ErasedContact,
  type Erasure,
  type ErasureOptions,
  withoutContacts,
} from '@dbsync/core/contract';
import type { MemoryTarget } from './memory-target.js';

/** Creates the erasure in memory: one synchronous step, so nothing comes between. */
export function createMemoryErasure(target: MemoryTarget): Erasure {
  return {
    forget: async (contactIds, options) => {
      withdraw(target, contactIds, options);
      return contactIds.map((contactId) => forget(target, contactId));
    },
    remember: async (contactIds, options) => {
      withdraw(target, contactIds, options);
      for (const contactId of contactIds) target.forgotten.delete(contactId);
    },
    readForgotten: async (contactIds) =>
      contactIds.flatMap((contactId) => {
        const erased = target.forgotten.get(contactId);
        return erased === undefined ? [] : [{ contactId, erased }];
      }),
  };
}

function withdraw(target: MemoryTarget, contactIds: readonly string[], { command }: ErasureOptions): void {
  if (command === undefined) return;
  for (const { requests } of target.streams.values()) {
    for (const [key, request] of requests) {
      const rest = withoutContacts(request, new Set(contactIds));
      if (rest === null) requests.delete(key);
      else requests.set(key, rest);
    }
  }
}

function forget(target: MemoryTarget, contactId: string): ErasedContact {
  const counts: Record<string, number> = { ...target.forgotten.get(contactId) };
  const count = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const [record, entry] of target.ledger) {
    if (entry.contactId !== contactId) continue;
    target.ledger.delete(record);
    count(record.slice(0, record.indexOf(' ')));
  }
  const kept = target.messages.filter((message) => message.gone || message.row.contactId !== contactId);
  target.messages.splice(0, target.messages.length, ...kept);
  target.contacts.delete(contactId);
  for (const { deadLetters, notes } of target.streams.values()) {
    notes.delete(contactId);
    for (const letter of deadLetters.values()) {
      if (contactOfLetter(letter) !== contactId) continue;
      deadLetters.delete(letter.key);
      count('dead_letters');
    }
  }
  target.forgotten.set(contactId, counts);
  return { contactId, erased: counts };
}
