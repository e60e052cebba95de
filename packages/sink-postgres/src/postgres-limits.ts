import type { EngineLimits } from '@dbsync/sql';

/**
 * Two writes side by side are 1.6 times as fast as one, three no faster; batches of 100 contacts take 22 % longer than
 * batches of 500. PostgreSQL takes 1,600 columns a table, dropped ones among them, and 65,535 parameters a query. A
 * long value takes 18 bytes of the 8,160 of a page, a short one up to 17 before it is moved out: 430 fit, 400 with the
 * keys.
 */
export const postgresLimits: EngineLimits = {
  concurrentWrites: 2,
  batchContacts: 500,
  batchBytes: 8 * 1024 * 1024,
  columnsPerTable: 1_500,
  valuesPerRow: 400,
  parametersPerQuery: 30_000,
};
