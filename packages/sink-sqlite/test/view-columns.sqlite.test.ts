import { sampleCall, sampleContact } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

const TIME = '2026-03-01T08:00:00.000Z';

/** Makes a copy with a contact and an inbound call, changes it, and installs the views. */
async function viewsAfter(change: string): Promise<SqliteFile> {
  const file = createSqliteFile();
  onTestFinished(() => file[Symbol.asyncDispose]());
  const made = await file.openSink();
  const rows = batchOf({ contacts: [sampleContact('A1')], inboundCalls: [sampleCall('I1')] });
  await made.write(rows, await claimOf(made), never);
  await made.close();
  file.exec(change);
  const sink = file.createSink();
  await sink.open(never);
  await sink.viewing?.installViews({ timeZone: 'UTC' }, never);
  return file;
}

it.each([
  [
    'a column that a field of the campaign had before',
    `INSERT INTO mcall_sync_columns (table_name, field_key, field, column_name, folded, filled, version)
      VALUES ('contacts', 'key', '"$deleted_at"', '$deleted_at', '$deleted_at', 1, 0);
    UPDATE mcall_contacts SET "$deleted_at" = '${TIME}'`,
  ],
  [
    'a field of the campaign in overflow',
    `ALTER TABLE mcall_contacts DROP COLUMN "$deleted_at";
    UPDATE mcall_contacts SET "$overflow" = '{"$deleted_at":"${TIME}"}'`,
  ],
])('a view does not show %s as the mark of a deletion', async (_, change) => {
  const file = await viewsAfter(change);
  expect(file.query('SELECT contact_id, deleted_at FROM mcall_v_contacts_now')).toEqual([
    { contact_id: 'A1', deleted_at: null },
  ]);
});

it('a view reads a field in overflow, under its own name, where another program has computed its column', async () => {
  const file = await viewsAfter(`ALTER TABLE mcall_inbound_calls DROP COLUMN line_number;
    ALTER TABLE mcall_inbound_calls ADD line_number TEXT AS ('theirs') VIRTUAL;
    UPDATE mcall_inbound_calls SET "$overflow" = '{"called_number":"+49 30 1"}'`);
  expect(file.query('SELECT call_id, line_number FROM mcall_v_inbound')).toEqual([
    { call_id: 'I1', line_number: '+49 30 1' },
  ]);
});
