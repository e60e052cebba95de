import { contactOfCall, type Erasure, type StoreSink, withoutForgotten } from '@dbsync/core/contract';
import { batchOf } from '../../../packages/testkit/src/case-bench.ts';
import type { MemoryTarget } from '../../../packages/testkit/src/memory/memory-target.ts';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about forgotten contacts. */
export const badWithErasure: Breakages = {
  'R37 no record of a forgotten contact is left, and other contacts keep all theirs': (good, target) =>
    changingErasure(good, ({ forget }) => ({
      forget: async (contactIds, options) => {
        const recording = target.messages.find(
          (message) =>
            !message.gone && message.row.table === 'recordings' && contactIds.includes(message.row.contactId),
        );
        const erased = await forget(contactIds, options);
        if (recording) target.messages.push(recording);
        return erased;
      },
    })),

  'R37 records of a forgotten contact are left out of a batch, and the rest commits': (good, target) => ({
    write: async (batch, claim, options) => {
      const result = await good.write(batch, claim, options);
      const inboundCalls = batch.inboundCalls.filter(({ values }) => target.forgotten.has(contactOfCall(values) ?? ''));
      if (inboundCalls.length > 0)
        await unfiltered(target, () => good.write(batchOf({ inboundCalls }), claim, options));
      return result;
    },
  }),

  'R37 a write beside forget leaves no record of the contact': (good, target) => ({
    write: async (batch, claim, options) => {
      const { contacts } = withoutForgotten(batch, (id) => target.forgotten.has(id));
      const result = await good.write(batch, claim, options);
      const late = contacts.filter(({ contactId }) => target.forgotten.has(contactId));
      if (late.length > 0) await unfiltered(target, () => good.write(batchOf({ contacts: late }), claim, options));
      return result;
    },
  }),

  'R37 a forgotten contact is listed as forgotten until it is allowed again': (good) => ({
    readVersions: async (claim, ids, options) => {
      const versions = await good.readVersions(claim, ids, options);
      return new Map([...versions].filter(([, { forgotten }]) => !forgotten));
    },
  }),

  'R37 a command that bypasses the mailbox withdraws the waiting requests about its contacts': (good) =>
    changingErasure(good, ({ forget }) => ({
      forget: (contactIds, { command: _, ...options }) => forget(contactIds, options),
    })),
};

function changingErasure(good: StoreSink, change: (good: Erasure) => Partial<Erasure>): Partial<StoreSink> {
  const { erasure } = good;
  return erasure === undefined ? {} : { erasure: { ...erasure, ...change(erasure) } };
}

/** Lets forgotten contacts through while it works. */
async function unfiltered(target: MemoryTarget, work: () => Promise<unknown>): Promise<void> {
  const forgotten = [...target.forgotten];
  target.forgotten.clear();
  await work();
  for (const [contactId, counts] of forgotten) target.forgotten.set(contactId, counts);
}
