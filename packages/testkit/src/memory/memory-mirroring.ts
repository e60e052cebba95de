import { hash } from 'node:crypto';
import type { Claim, HeldContact, Mirroring } from '@dbsync/core/contract';
import { recordKey } from './memory-commit.js';
import { type MemoryContact, type MemoryTarget, removeRecord, streamOf } from './memory-target.js';
import { memoryOrphans } from './memory-verifying.js';

/**
 * Creates the mirroring in memory: each call is one synchronous step.
 * @param fenced runs a step that changes something, behind the fence of the claim
 */
export function createMemoryMirroring(
  target: MemoryTarget,
  fenced: (claim: Claim, step: () => void) => void,
): Mirroring {
  return {
    listHeld: async ({ stream }, { after = '', limit }) =>
      [...target.contacts]
        .filter(([id, contact]) => contact.stream === stream && id > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([contactId, contact]): HeldContact => {
          const note = streamOf(target, stream).notes.get(contactId) ?? null;
          return { contactId, version: versionOf(contact), note, deletedAt: contact.deletedAt };
        }),
    keepNotes: async (claim, notes) =>
      fenced(claim, () => {
        const kept = streamOf(target, claim.stream).notes;
        for (const { contactId, note } of notes) {
          if (note === null) kept.delete(contactId);
          else kept.set(contactId, note);
        }
      }),
    mark: async (claim, marks) => {
      const marked: string[] = [];
      fenced(claim, () => {
        for (const { contactId, version, deletedAt } of marks) {
          const contact = target.contacts.get(contactId);
          if (contact?.stream !== claim.stream || versionOf(contact) !== version) continue;
          target.contacts.set(contactId, { ...contact, deletedAt });
          marked.push(contactId);
        }
      });
      return marked;
    },
    remove: async (claim, contacts) => {
      const removed: string[] = [];
      fenced(claim, () => {
        for (const { contactId, version } of contacts) {
          const contact = target.contacts.get(contactId);
          if (contact?.stream !== claim.stream || versionOf(contact) !== version) continue;
          removeContact(target, contactId, claim);
          removed.push(contactId);
        }
      });
      return removed;
    },
    removeOrphans: async (claim, contactIds) => {
      const asked = new Set<string | null>(contactIds);
      let removed = 0;
      fenced(claim, () => {
        for (;;) {
          const orphans = memoryOrphans(target).filter(({ contactId }) => asked.has(contactId));
          for (const { table, id } of orphans) removeRecord(target, recordKey(table, id));
          removed += orphans.length;
          if (orphans.length === 0) return;
        }
      });
      return removed;
    },
  };
}

function versionOf({ plan, tree, records }: MemoryContact): string {
  return hash('sha256', JSON.stringify([plan, tree.md5, records]));
}

function removeContact(target: MemoryTarget, contactId: string, { stream }: Claim): void {
  for (const [record, owner] of target.ledger) {
    if (owner.contactId !== contactId || record.startsWith('inbound_calls ')) continue;
    target.ledger.delete(record);
    target.messages.push({ record, gone: true });
  }
  target.contacts.delete(contactId);
  const { notes, deadLetters } = streamOf(target, stream);
  notes.delete(contactId);
  for (const { key, kind, contactId: of } of deadLetters.values()) {
    if (of === contactId && kind !== 'message') deadLetters.delete(key);
  }
}
