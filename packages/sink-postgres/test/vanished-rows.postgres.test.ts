import { expect, it } from 'vitest';
import { openPostgresCopy } from '../../../test/harness/compare/postgres-copy.ts';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { writeVanishingRecords } from '../../../test/harness/vanishing-records.ts';
import { createSink } from '../src/index.ts';

it('R19 keeps what a newer body lacks, at every depth, and reports it once a write', async () => {
  const url = await createTestDatabase();
  const message = expect.stringMatching(/^2 records of contacts A1 are /);
  expect(await writeVanishingRecords(url, createSink)).toEqual({
    whole: [],
    short: [{ level: 'info', code: 'SQL_CHILDREN_VANISHED', message }],
  });
  await using copy = await openPostgresCopy(url);
  expect([await copy.count('connections'), await copy.count('recordings')]).toEqual([2, 2]);
});
