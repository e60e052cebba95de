import { hash } from 'node:crypto';
import type { Claim, ContactAtVersion, HeldContact, Mirroring } from '@dbsync/core/contract';
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
  /** Does the step with each contact of the stream that has this version, and returns their ids. */
  const withUnchanged = <At extends ContactAtVersion>(
    claim: Claim,
    contacts: readonly At[],
    step: (at: At, contact: MemoryContact) => void,
  ): readonly string[] => {
    const done: string[] = [];
    fenced(claim, () => {
      for (const at of contacts) {
        const contact = target.contacts.get(at.contactId);
        if (contact?.stream !== claim.stream || versionOf(contact) !== at.version) continue;
        step(at, contact);
        done.push(at.contactId);
      }
    });
    return done;
  };

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
    mark: async (claim, marks) =>
      withUnchanged(claim, marks, ({ contactId, deletedAt }, contact) => {
        target.contacts.set(contactId, { ...contact, deletedAt });
      }),
    remove: async (claim, contacts) =>
      withUnchanged(claim, contacts, ({ contactId }) => removeContact(target, contactId, claim)),
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
