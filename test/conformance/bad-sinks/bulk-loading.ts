import type { BulkLoading, StoreSink } from '@dbsync/core/contract';
import { recordKey } from '../../../packages/testkit/src/memory/memory-commit.ts';
import { type MemoryTarget, removeRecord } from '../../../packages/testkit/src/memory/memory-target.ts';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about a first copy that is loaded without keys. */
export const badWithBulkLoading: Breakages = {
  'R20 a first copy that was loaded without keys is like any other once its keys stand': (good) =>
    changingBulk(good, ({ finish }) => ({
      finish: async (claim, options) => {
        options.onStep?.({ what: 'a key', step: 2, of: 1 });
        return finish(claim, options);
      },
    })),

  'R20 a contact that comes twice while a first copy is loaded is stored once': (good, target) => ({
    write: async (batch, claim, options) => {
      const again =
        target.load === null ? [] : batch.contacts.filter(({ contactId }) => target.contacts.has(contactId));
      const result = await good.write(batch, claim, options);
      for (const { contactId, values } of again) {
        const row = {
          table: 'contacts',
          id: contactId,
          contactId,
          transactionId: null,
          connectionId: null,
          values,
        } as const;
        target.messages.push({ record: `${recordKey('contacts', contactId)} once more`, gone: false, row });
      }
      return result;
    },
  }),

  'R20 the next claim continues a load that its process left, or finishes it': (good, target) =>
    changingBulk(good, ({ begin }) => ({
      begin: async (claim, options) => {
        if (target.load?.stream === claim.stream) removeContact(target, 'L1');
        return begin(claim, options);
      },
    })),

  'R18 an id that two contacts had while they were loaded belongs to one of them at the end': (good, target) =>
    changingBulk(good, ({ finish }) => ({
      finish: async (claim, options) => {
        removeContact(target, 'S2');
        return finish(claim, options);
      },
    })),

  'R20 a load that another stream ended goes on as any other copy': (good, target) => {
    let isOn = false;
    const bulk = changingBulk(good, ({ begin, finish }) => ({
      begin: async (claim, options) => {
        isOn = await begin(claim, options);
        return isOn;
      },
      finish: async (claim, options) => {
        isOn = false;
        return finish(claim, options);
      },
    }));
    return {
      ...bulk,
      write: (batch, claim, options) =>
        good.write(isOn && target.load === null ? { ...batch, contacts: [] } : batch, claim, options),
    };
  },
};

function removeContact(target: MemoryTarget, contactId: string): void {
  for (const [record, owner] of target.ledger) if (owner.contactId === contactId) removeRecord(target, record);
  target.contacts.delete(contactId);
}

function changingBulk(good: StoreSink, change: (good: BulkLoading) => Partial<BulkLoading>): Partial<StoreSink> {
  const { bulk } = good;
  return bulk === undefined ? {} : { bulk: { ...bulk, ...change(bulk) } };
}
