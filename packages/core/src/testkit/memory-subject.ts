import type { StoreSink } from '../contract/index.js';
import { REFUSED_MARK } from './memory-commit.js';
import { snapshotOf } from './memory-snapshot.js';
import { createMemoryStore } from './memory-store.js';
import { createMemoryTarget, type MemoryTarget, rowsOfMessages } from './memory-target.js';
import { sampleContact } from './sample-contacts.js';
import type { StoreSubject } from './store-subject.js';

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
        refusedContact: (contactId) => sampleContact(contactId + REFUSED_MARK),
        snapshot: async () => {
          const restore = snapshotOf(target);
          return async () => restore();
        },
      };
    },
  };
}
