import type { CreateTestTargets } from '@dbsync/core/contract';
import { openDatabase, rowsOf } from './database.ts';

/**
 * Makes empty places for `dbsync plugins test` beside the database of the URL, one for each case of the conformance suite. In your
 * target these may be schemas, folders or prefixes, which `remove` takes away again.
 */
export const createTestTargets: CreateTestTargets = ({ address, options }) => ({
  // A target that holds something is refused, so name all that is in yours.
  contents: async () => Array.from(openDatabase(address.path).streams.keys(), (stream) => `stream ${stream}`),
  createPlace: async (number) => {
    const path = `${address.path}-test-${number}`;
    const database = openDatabase(path);
    return {
      target: { address: { ...address, path }, options },
      hasNoSchema: true,
      // Leave this out for a target that a second process reaches.
      isInMemory: true,
      // Read your target by another client here, never through the sink.
      readRows: async (table) => rowsOf(database, table),
      remove: async () => database.streams.clear(),
    };
  },
  close: async () => {},
});
