import { expect, it } from 'vitest';
import { openMysqlCopy } from '../../../test/harness/compare/mysql-copy.ts';
import { createTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { writeVanishingRecords } from '../../../test/harness/vanishing-records.ts';
import { createSink } from '../src/index.ts';

it.each(MYSQL_PRODUCTS)('R19 keeps what a newer body lacks, at every depth, and reports it: %s', async (product) => {
  const url = await createTestDatabase(product);
  const message = expect.stringMatching(/^2 records of contacts A1 are /);
  expect(await writeVanishingRecords(url, createSink)).toEqual({
    whole: [],
    short: [{ level: 'info', code: 'SQL_CHILDREN_VANISHED', message }],
  });
  await using copy = await openMysqlCopy(url);
  expect([await copy.count('connections'), await copy.count('recordings')]).toEqual([2, 2]);
});
