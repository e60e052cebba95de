import type { EngineLimits } from '@dbsync/sql';

export const mysqlLimits: EngineLimits = {
  concurrentWrites: 2,
  batchContacts: 500,
  batchBytes: 8 * 1024 * 1024,
  columnsPerTable: 1_000,
  valuesPerRow: 170,
  parametersPerQuery: 10_000,
};
