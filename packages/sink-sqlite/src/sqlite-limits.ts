import type { EngineLimits } from '@dbsync/sql';

export const limits: EngineLimits = {
  /** The file has one writer. */
  concurrentWrites: 1,
  /** 1,000 are as fast as 2,000 a commit, which take 40 MB more; 100 were half as fast. */
  batchContacts: 1000,
  batchBytes: 8 * 1024 * 1024,
  /** SQLITE_MAX_COLUMN is 2,000. */
  columnsPerTable: 1900,
  /** A row may be a gigabyte. */
  valuesPerRow: 1900,
  /** SQLITE_MAX_VARIABLE_NUMBER. */
  parametersPerQuery: 32_766,
};
