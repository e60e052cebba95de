import { sampleContact, sampleTransaction } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, textField } from '../../../test/harness/sqlite-file.ts';

it('R35 never writes generated columns: the field of their name stands in overflow, and is reported', async () => {
  await using file = createSqliteFile();
  await file.openSink({}, ['city']);
  file.exec(`ALTER TABLE mcall_contacts ADD Region TEXT AS (substr(city, 1, 2)) VIRTUAL`);
  const sink = await file.openSink();
  const changes = await sink.declareFields(['city', 'Region'].map(textField), never);
  expect(changes).toMatchObject([{ column: 'Region', change: 'overflow' }]);
  const values = { city: 'Bonn', Region: 'West' };
  await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), await claimOf(sink), never);
  expect(file.query('SELECT city, Region, "$overflow" AS more FROM mcall_contacts')).toEqual([
    { city: 'Bonn', Region: 'Bo', more: '{"Region":"West"}' },
  ]);
});

it('R16b counts and tells of rows that a trigger drops, and keeps all others', async () => {
  await using file = createSqliteFile();
  await file.openSink();
  file.exec(
    `CREATE TRIGGER keep_out BEFORE INSERT ON mcall_recordings WHEN new.contact_id = 'A1' BEGIN SELECT RAISE(IGNORE); END`,
  );
  const sink = await file.openSink();
  const contacts = [sampleContact('A1'), sampleContact('B2')];
  await sink.write(batchOf({ contacts }), await claimOf(sink), never);
  const reported = file.notices.filter(({ code }) => code === 'SQL_ROWS_DROPPED').map(({ message }) => message);
  expect(reported).toEqual([expect.stringMatching(/mcall_recordings .*: 2\. .*keep_out/)]);
  expect(file.query('SELECT DISTINCT contact_id FROM mcall_recordings')).toEqual([{ contact_id: 'B2' }]);
});

it('R16b tells of a contact that a trigger keeps as it was', async () => {
  await using file = createSqliteFile();
  const first = await file.openSink();
  const claim = await claimOf(first);
  await first.write(batchOf({ contacts: [sampleContact('A1')] }), claim, never);
  file.exec('CREATE TRIGGER keep_out BEFORE INSERT ON mcall_contacts BEGIN SELECT RAISE(IGNORE); END');
  const sink = await file.openSink();
  const again = await claimOf(sink, { takeOverFrom: claim.holder });
  await sink.write(batchOf({ contacts: [sampleContact('A1', { md5: 'newer' })] }), again, never);
  const reported = file.notices.filter(({ code }) => code === 'SQL_ROWS_DROPPED').map(({ message }) => message);
  expect(reported).toEqual([expect.stringMatching(/mcall_contacts .*: 1\. .*keep_out/)]);
});

it('R16b tells of a row below a contact that a trigger keeps as it was', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink();
  const claim = await claimOf(sink);
  const contactOf = (id: string, status: string) =>
    sampleContact(id, { md5: status, transactions: [sampleTransaction(id, 1, { status }, [])] });
  const write = (...contacts: ReturnType<typeof contactOf>[]) => sink.write(batchOf({ contacts }), claim, never);
  await write(contactOf('A1', 'first'), contactOf('B2', 'first'));
  file.exec(
    `CREATE TRIGGER keep_out BEFORE UPDATE ON mcall_transactions WHEN new.contact_id = 'A1' BEGIN SELECT RAISE(IGNORE); END`,
  );
  await sink.declareFields([], never);
  await write(contactOf('A1', 'second'), contactOf('B2', 'second'));
  const reported = () => file.notices.filter(({ code }) => code === 'SQL_ROWS_DROPPED').map(({ message }) => message);
  expect(reported()).toEqual([expect.stringMatching(/mcall_transactions .*: 1\. .*keep_out/)]);
  expect(file.query('SELECT status FROM mcall_transactions ORDER BY contact_id')).toEqual([
    { status: 'first' },
    { status: 'second' },
  ]);
  await write(contactOf('A1', 'first'), contactOf('B2', 'second'));
  expect(reported()).toHaveLength(1);
});
