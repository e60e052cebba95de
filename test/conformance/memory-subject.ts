import { inspect } from 'node:util';
import { SinkError, type StoreSink } from '@dbsync/core/contract';
import { REFUSED_MARK, recordKey } from '../../packages/testkit/src/memory/memory-commit.ts';
import { createMemoryStore } from '../../packages/testkit/src/memory/memory-store.ts';
import {
  createMemoryTarget,
  type MemoryTarget,
  removeRecord,
  rowsOfMessages,
} from '../../packages/testkit/src/memory/memory-target.ts';
import { sampleContact } from '../../packages/testkit/src/samples/sample-contacts.ts';
import type { StoreSubject, TargetDamage } from '../../packages/testkit/src/store-subject.ts';
import { STORE_OFFERS } from '../harness/store-offers.ts';
import { snapshotOf } from './memory-snapshot.ts';

/**
 * Returns the overrides that break a promise; all other members stay correct.
 * @param isLooking the sink was created with `onlyLooks` alone
 * @param isChecking it was created with `copyMayBeMissing` too
 */
export type Breakage = (
  good: StoreSink,
  target: MemoryTarget,
  isLooking: boolean,
  isChecking?: boolean,
) => Partial<StoreSink>;

/** Returns the memory store under test: correct, or with a promise broken. */
export function memorySubject(breakage: Breakage = () => ({})): StoreSubject {
  return {
    createTarget: async () => {
      const target = createMemoryTarget();
      return {
        createSink: () => {
          const good = createMemoryStore(target);
          return { ...good, ...breakage(good, target, false) };
        },
        looked: {
          createSink: () => {
            const good = { ...createMemoryStore(target), open: async () => refuseEmpty(target) };
            return { ...good, ...breakage(good, target, true) };
          },
          createChecker: () => {
            const good = createMemoryStore(target);
            return { ...good, ...breakage(good, target, false, true) };
          },
          contents: async () => inspect(target, { depth: 8, maxArrayLength: null, sorted: true }),
        },
        readRows: async (table) => rowsOfMessages(target, table),
        remove: async () => {},
        notices: () => target.notices,
        damage: memoryDamage(target),
        ...STORE_OFFERS,
        plans: true,
        loads: true,
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

/** Refuses a target without a copy, as a command that only looks does. */
function refuseEmpty({ streams }: MemoryTarget): void {
  if (streams.size > 0) return;
  throw new SinkError('MEMORY_EMPTY', 'There is no copy.', { verdict: 'fatal', outcome: 'not-committed' });
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
