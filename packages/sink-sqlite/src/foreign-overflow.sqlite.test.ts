import { sampleContact } from '@dbsync/core/testkit';
import { expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, textField } from '../../../test/harness/sqlite-file.ts';

it('R36 fills a new column out of every overflow that can be read, beside one that cannot', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  const claim = await claimOf(sink);
  const late = (id: string) => sampleContact(id, { values: { late: `of ${id}` } });
  await sink.write(batchOf({ contacts: [late('A1'), late('B2'), late('C3')] }), claim, never);
  file.exec(`UPDATE mcall_contacts SET "$overflow" = '{"late":' WHERE "$id" = 'B2'`);
  await sink.declareFields([textField('late')], never);
  expect(file.query('SELECT late FROM mcall_contacts ORDER BY "$id"')).toEqual([
    { late: 'of A1' },
    { late: null },
    { late: 'of C3' },
  ]);
});
