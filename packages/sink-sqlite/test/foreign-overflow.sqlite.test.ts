import { sampleContact } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, textField } from '../../../test/harness/sqlite-file.ts';

/** Cells of overflow as another program can leave them: no JSON, no object, and an object that only seems to be wrapped. */
const UNREADABLE = ['{"late":', '["late"]', '"late"', '{"late":{"$json":"{"}}', '{"$json":"\\"late\\""}'];

it.each(UNREADABLE)('R36 fills a new column out of every overflow that can be read, beside %s', async (text) => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  const claim = await claimOf(sink);
  const late = (id: string) => sampleContact(id, { values: { late: `of ${id}` } });
  await sink.write(batchOf({ contacts: [late('A1'), late('B2'), late('C3')] }), claim, never);
  file.query('UPDATE mcall_contacts SET "$overflow" = ? WHERE "$id" = ?', text, 'B2');
  await sink.declareFields([textField('late')], never);
  expect(file.query('SELECT late FROM mcall_contacts ORDER BY "$id"')).toEqual([
    { late: 'of A1' },
    { late: null },
    { late: 'of C3' },
  ]);
  expect(file.query('SELECT "$overflow" AS more FROM mcall_contacts WHERE "$id" = ?', 'B2')).toEqual([{ more: text }]);
});
