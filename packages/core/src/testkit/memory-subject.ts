import type { StoreSink } from '../contract/index.js';
import { REFUSED_MARK, recordKey } from './memory-commit.js';
import { snapshotOf } from './memory-snapshot.js';
import { createMemoryStore } from './memory-store.js';
import { createMemoryTarget, type MemoryTarget, removeRecord, rowsOfMessages } from './memory-target.js';
import { sampleContact } from './sample-contacts.js';
import type { StoreSubject, TargetDamage } from './store-subject.js';

/** Overrides what breaks the promise; everything else stays correct. */
export type Breakage = (good: StoreSink, target: MemoryTarget) => Partial<StoreSink>;

/** The memory store under test: as it is, or with a promise broken. */
export function memorySubject(breakage: Breakage = () => ({})): StoreSubject {
  return {
    createTarget: async () => {
      const target = createMemoryTarget();
      return {
        createSink: () => {
          const good = createMemoryStore(target);
          return { ...good, ...breakage(good, target) };
        },
        readRows: async (table) => rowsOfMessages(target, table),
        remove: async () => {},
        notices: () => target.notices,
        damage: memoryDamage(target),
        erases: true,
        mirrors: true,
        obstruct: async (field) => {
          target.obstructed.add(field);
          return async () => void target.obstructed.delete(field);
        },
        refusedContact: (contactId) => sampleContact(contactId + REFUSED_MARK),
        snapshot: async () => {
          const restore = snapshotOf(target);
          return async () => restore();
        },
      };
    },
  };
}

function memoryDamage(target: MemoryTarget): TargetDamage {
  const loseRows = async () => {
    target.contacts.clear();
    for (const record of [...target.ledger.keys()]) removeRecord(target, record);
  };
  const loseProgress = async () => {
    for (const stream of target.streams.values()) stream.progress = null;
  };
  return {
    parts: async () => [
      { name: 'all rows', holds: 'rows', lose: loseRows },
      { name: 'the progress', holds: 'progress', lose: loseProgress },
    ],
    deleteRow: async (table, id) => removeRecord(target, recordKey(table, id)),
  };
}
