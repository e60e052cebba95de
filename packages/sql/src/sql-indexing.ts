import type { Indexing } from '@dbsync/core/contract';
import type { OpenDatabase } from './open-database.js';
import { buildIndexes } from './schema/build-indexes.js';

/** Creates the part of a store that builds indexes for reports (R39). */
export function createSqlIndexing({ attempt }: OpenDatabase): Indexing {
  return {
    buildIndexes: (options) =>
      attempt(options, async (context, schema) => {
        const result = await buildIndexes(context, options);
        // The next write reads the tables again, and learns which columns have an index.
        if (result.built.length > 0) schema.forget();
        return result;
      }),
  };
}
