import type { EngineLimits } from '@dbsync/sql';

export const limits: EngineLimits = {
  /** The file has one writer. */
  concurrentWrites: 1,
  /** 1,000 a commit take the same CPU time and 40 MB more; 100 were half as fast. */
  batchContacts: 500,
  batchBytes: 8 * 1024 * 1024,
  /** SQLITE_MAX_COLUMN is 2,000. */
  columnsPerTable: 1900,
  /** A row may be a gigabyte. */
  valuesPerRow: 1900,
  /** SQLITE_MAX_VARIABLE_NUMBER. */
  parametersPerQuery: 32_766,
};
