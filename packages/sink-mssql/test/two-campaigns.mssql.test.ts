import { expect, it } from 'vitest';
import { openMssqlCopy } from '../../../test/harness/compare/mssql-copy.ts';
import { createTestDatabase } from '../../../test/harness/servers/mssql-database.ts';
import { IN_TURNS, openTwoCampaigns, writeAlternately } from '../../../test/harness/two-campaigns.ts';
import { createSink } from '../src/index.ts';

it('R18 takes a contact from another campaign once, and a call never', async () => {
  const url = await createTestDatabase();
  await using two = await openTwoCampaigns(url, createSink);
  expect(await writeAlternately(two)).toEqual(IN_TURNS);
  await using copy = await openMssqlCopy(url);
  expect(await copy.rowsOf('contacts', ['X1'])).toMatchObject([{ $campaign_id: 'B', $status: '4 of B' }]);
  expect(await copy.rowsOf('inbound_calls', ['call-1'])).toMatchObject([{ campaign_id: 'A', state: 'third' }]);
});
