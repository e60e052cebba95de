import type { Explaining, StoreSink } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about what is stored of one contact. */
export const badWithExplaining: Breakages = {
  'explain finds each stored record by exactly its id, with the contact that it names': (good) =>
    changingExplaining(good, ({ findRecords }) => ({
      // A collation that ignores case and blanks at the end.
      findRecords: (id, options) => findRecords(id.trimEnd().toUpperCase() === 'A1' ? 'A1' : id, options),
    })),

  'explain counts the records of a contact, and tells when a write changed them': (good) =>
    changingExplaining(good, ({ describeContact }) => ({
      describeContact: async (stream, contactId, options) => {
        const found = await describeContact(stream, contactId, options);
        return found && { ...found, records: { ...found.records, inbound_calls: 0 } };
      },
    })),

  'explain gives the note that core keeps about a contact': (good) =>
    changingExplaining(good, ({ describeContact }) => ({
      describeContact: async (stream, contactId, options) => {
        const found = await describeContact(stream, contactId, options);
        return found && { ...found, note: null };
      },
    })),
};

function changingExplaining(good: StoreSink, change: (good: Explaining) => Partial<Explaining>): Partial<StoreSink> {
  const { explaining } = good;
  return explaining === undefined ? {} : { explaining: { ...explaining, ...change(explaining) } };
}
