import type { EngineLimits } from '@dbsync/sql';

export const limits: EngineLimits = {
  /** The file has one writer. */
  concurrentWrites: 1,
  /** 2,000 contacts a commit were twice as fast as 100. */
  batchContacts: 2000,
  batchBytes: 16 * 1024 * 1024,
  /** SQLITE_MAX_COLUMN is 2,000. */
  columnsPerTable: 1900,
  /** SQLITE_MAX_VARIABLE_NUMBER. */
  parametersPerQuery: 32_766,
};
