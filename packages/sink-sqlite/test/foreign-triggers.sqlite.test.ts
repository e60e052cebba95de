import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => file[Symbol.asyncDispose]());

async function writer() {
  const sink = await file.openSink();
  const claim = await claimOf(sink);
  return (id: string) => sink.write(batchOf({ contacts: [sampleContact(id)] }), claim, never);
}

it('R34 an error of a trigger to a missing table names the trigger, and is no error that passes by itself', async () => {
  const write = await writer();
  file.exec(`CREATE TABLE audit (id text);
    CREATE TRIGGER theirs AFTER INSERT ON mcall_contacts BEGIN INSERT INTO audit VALUES (new."$id"); END;
    DROP TABLE audit`);
  const error = await write('A').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'SQL_TRIGGER_FAILED', isUnclassified: true, outcome: 'not-committed' });
  expect(error).toMatchObject({
    message: expect.stringMatching(/no such table: main\.audit.*theirs on mcall_contacts/),
  });
  file.exec('DROP TRIGGER theirs');
  expect(await write('A')).toMatchObject({ inserted: expect.any(Number) });
});

it('R34 a row that a trigger refuses says which triggers there are', async () => {
  const write = await writer();
  file.exec(`CREATE TRIGGER theirs BEFORE INSERT ON mcall_contacts BEGIN SELECT raise(abort, 'not this one'); END`);
  const message = expect.stringMatching(/not this one.*theirs on mcall_contacts/);
  await expect(write('A')).rejects.toMatchObject({ code: 'SQLITE_REFUSED', verdict: 'refused', message });
});

it('R34 an error without a trigger stays as it is', async () => {
  const write = await writer();
  file.exec('ALTER TABLE mcall_contacts RENAME TO theirs; CREATE VIEW mcall_contacts AS SELECT * FROM theirs');
  await expect(write('A')).rejects.not.toMatchObject({ code: 'SQL_TRIGGER_FAILED' });
});
