import type { Indexing } from '@dbsync/core/contract';
import type { MemoryTarget } from './memory-target.js';

/** Builds the one index of memory, which is no more than the note that it is there. */
export function createMemoryIndexing(target: MemoryTarget): Indexing {
  return {
    async buildIndexes({ signal, onStep }) {
      signal.throwIfAborted();
      if (target.isIndexed) return { built: [], isLeft: false };
      onStep?.({ what: 'index of contacts', step: 1, of: 1 });
      target.isIndexed = true;
      return { built: ['contacts ($phone)'], isLeft: false };
    },
  };
}
