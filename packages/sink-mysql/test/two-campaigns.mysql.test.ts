import { expect, it } from 'vitest';
import { openMysqlCopy } from '../../../test/harness/compare/mysql-copy.ts';
import { createTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { IN_TURNS, openTwoCampaigns, writeAlternately } from '../../../test/harness/two-campaigns.ts';
import { createSink } from '../src/index.ts';

it.each(MYSQL_PRODUCTS)('R18 takes a contact from another campaign once, and a call never: %s', async (product) => {
  const url = await createTestDatabase(product);
  await using two = await openTwoCampaigns(url, createSink);
  expect(await writeAlternately(two)).toEqual(IN_TURNS);
  await using copy = await openMysqlCopy(url);
  expect(await copy.rowsOf('contacts', ['X1'])).toMatchObject([{ $campaign_id: 'B', $status: '4 of B' }]);
  expect(await copy.rowsOf('inbound_calls', ['call-1'])).toMatchObject([{ campaign_id: 'A', state: 'third' }]);
});
