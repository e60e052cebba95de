import { type Indexing, SinkError, type StoreSink } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about indexes for reports. */
export const badWithIndexing: Breakages = {
  'R39 indexes are built once, beside writes, and change no row': (good, target) =>
    changingIndexing(good, ({ buildIndexes }) => ({
      buildIndexes: async (options) => {
        target.isIndexed = false;
        return buildIndexes(options);
      },
    })),

  'R39 values of any length are stored whole where indexes are': (good, target) => ({
    write: async (batch, claim, options) => {
      const isLong = JSON.stringify(batch.contacts.map(({ values }) => values)).length > 5_000;
      if (isLong && target.isIndexed && target.contacts.size === 0) throw tooLong();
      return good.write(batch, claim, options);
    },
  }),

  'R39 values of any length that came first stop neither the build nor later writes': (good, target) =>
    changingIndexing(good, ({ buildIndexes }) => ({
      buildIndexes: async (options) => {
        const values = [...target.contacts.values()].map(({ tree }) => tree.values);
        if (JSON.stringify(values).length > 5_000) throw tooLong();
        return buildIndexes(options);
      },
    })),

  'R39 an aborted build ends, and the next one builds the rest': (good, target) =>
    changingIndexing(good, ({ buildIndexes }) => ({
      buildIndexes: async (options) => {
        target.isIndexed ||= options.signal.aborted;
        return buildIndexes(options);
      },
    })),
};

function tooLong(): SinkError {
  const details = { verdict: 'refused', outcome: 'not-committed' } as const;
  return new SinkError('MEMORY_ROW_REFUSED', 'The index takes no such value', details);
}

function changingIndexing(good: StoreSink, change: (good: Indexing) => Partial<Indexing>): Partial<StoreSink> {
  const { indexing } = good;
  return indexing === undefined ? {} : { indexing: { ...indexing, ...change(indexing) } };
}
