import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteFile, type SqliteFile } from '../../../test/harness/sqlite-file.ts';
import { IN_TURNS, openTwoCampaigns, type TwoCampaigns, writeInTurns } from '../../../test/harness/two-campaigns.ts';
import { createSink } from './index.js';

let file: SqliteFile;
let two: TwoCampaigns;
beforeEach(async () => {
  file = createSqliteFile();
  two = await openTwoCampaigns(`sqlite:///${encodeURIComponent(file.file)}`, createSink);
});
afterEach(async () => {
  await two[Symbol.asyncDispose]();
  await file[Symbol.asyncDispose]();
});

const stored = () => file.query('SELECT "$campaign_id" AS campaign, "$status" AS status FROM mcall_contacts');

describe('two campaigns in the same tables', () => {
  it('R18 takes a contact from another campaign once, and a call never', async () => {
    expect(await writeInTurns(two)).toEqual(IN_TURNS);
    expect(stored()).toEqual([{ campaign: 'B', status: '4 of B' }]);
    expect(file.query('SELECT campaign_id, state FROM mcall_inbound_calls')).toEqual([
      { campaign_id: 'A', state: 'third' },
    ]);
  });

  it('R18 gives a contact to the campaign that its body names, whoever fetched it', async () => {
    await two.contact('A', '1');
    expect(await two.contact('A', '2', 'B')).toBe('written');
    expect(two.told()).toEqual([expect.stringContaining('Campaign B has contact X1')]);
    expect([await two.contact('B', '3'), await two.contact('A', '4')]).toEqual([
      'written',
      'refused: SQL_OWNER_CHANGED',
    ]);
    expect(stored()).toEqual([{ campaign: 'B', status: '3 of B' }]);
  });

  it('R18 takes over rows of an earlier client, and of a campaign that is copied elsewhere, without a word', async () => {
    await two.contact('A', '1');
    file.exec(`UPDATE mcall_contacts SET "$sync" = NULL`);
    expect(await two.contact('B', '2')).toBe('written');
    file.exec(`UPDATE mcall_contacts SET "$campaign_id" = 'elsewhere'`);
    expect(await two.contact('A', '3')).toBe('written');
    await two.call('A', '1');
    file.exec(`UPDATE mcall_inbound_calls SET campaign_id = 'elsewhere'`);
    expect(await two.call('B', '2')).toBe('written');
    expect(two.told()).toEqual([]);
    expect(stored()).toEqual([{ campaign: 'A', status: '3 of A' }]);
  });

  it('R18 gives a contact back where an administrator clears its proof', async () => {
    for (const stream of ['A', 'B', 'A'] as const) await two.contact(stream, stream);
    expect(stored()).toEqual([{ campaign: 'B', status: 'B of B' }]);
    file.exec(`UPDATE mcall_contacts SET "$sync" = NULL`);
    expect(await two.contact('A', '4')).toBe('written');
    expect(stored()).toEqual([{ campaign: 'A', status: '4 of A' }]);
  });

  it('R18 leaves a body that names no campaign to its own stream', async () => {
    expect(await two.contact('A', '1', null)).toBe('written');
    expect(await two.contact('A', '2')).toBe('written');
    expect(await two.contact('A', '3', null)).toBe('written');
    expect(two.told()).toEqual([]);
  });
});
