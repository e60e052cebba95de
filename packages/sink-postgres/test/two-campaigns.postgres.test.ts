import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openPostgresCopy } from '../../../test/harness/compare/postgres-copy.ts';
import { queryRows } from '../../../test/harness/compare/query-rows.ts';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { IN_TURNS, openTwoCampaigns, writeAlternately } from '../../../test/harness/two-campaigns.ts';
import { createSink } from '../src/index.ts';

it('R18 takes a contact from another campaign once, and a call never', async () => {
  const url = await createTestDatabase();
  await using two = await openTwoCampaigns(url, createSink);
  expect(await writeAlternately(two)).toEqual(IN_TURNS);
  await using copy = await openPostgresCopy(url);
  expect(await copy.rowsOf('contacts', ['X1'])).toMatchObject([{ $campaign_id: 'B', $status: '4 of B' }]);
  expect(await copy.rowsOf('inbound_calls', ['call-1'])).toMatchObject([{ campaign_id: 'A', state: 'third' }]);
});

it('R18 gives a contact one owner where both campaigns read its row at the same instant, and then write', async () => {
  const url = await createTestDatabase();
  await using two = await openTwoCampaigns(url, createSink);
  await two.contact('A', '1');
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN; SELECT 1 FROM mcall_contacts FOR UPDATE');
  const both = Promise.all([two.contact('A', '2'), two.contact('B', '3')]);
  const blocked = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'dbsync' AND wait_event_type = 'Lock'";
  await expect.poll(async () => (await queryRows(url, blocked)).length, { timeout: 20_000 }).toBe(2);
  await other.query('COMMIT');
  const ended = expect.stringMatching(/^(written|retryable|refused)/);
  expect(await both).toEqual([ended, ended]);
  expect(await two.contact('B', '3')).toBe('written');
  expect(await two.contact('A', '4')).toBe('refused: SQL_OWNER_CHANGED');
  expect(two.reported()).toEqual([expect.stringContaining('contact X1 in campaign B')]);
  await using copy = await openPostgresCopy(url);
  expect(await copy.rowsOf('contacts', ['X1'])).toMatchObject([{ $campaign_id: 'B', $status: '3 of B' }]);
});
