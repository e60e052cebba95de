import type { EngineLimits } from '@dbsync/sql';

/**
 * SQL Server takes 1,024 columns a table and 2,100 parameters a request, some of which the driver needs. A row has
 * 8,060 bytes: two for each of the table's columns of text, 24 for a text that is stored outside of the row, 17 for
 * each column of numbers, even NULL; the key takes up to 510. So 200 texts fit beside 100 columns of numbers, or in a
 * table of 1,000 columns of text. (Texts of over 8,000 bytes may take more; a row that does not fit is refused with
 * error 511.)
 */
export const mssqlLimits: EngineLimits = {
  concurrentWrites: 2,
  batchContacts: 500,
  batchBytes: 8 * 1024 * 1024,
  columnsPerTable: 1_000,
  valuesPerRow: 200,
  parametersPerQuery: 2_000,
};
