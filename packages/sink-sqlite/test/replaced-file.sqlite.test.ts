import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { sampleContact, sampleProgress } from '@dbsync/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

const replaced = expect.objectContaining({
  code: 'SQLITE_FILE_REPLACED',
  verdict: 'retryable',
  outcome: 'not-committed',
  connectionLost: true,
});

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => file[Symbol.asyncDispose]());

/**
 * Returns a sink that holds the stream and has written one contact, and a copy of its file from before the second one.
 */
async function writerWithBackup() {
  const sink = await file.openSink();
  const claim = await claimOf(sink);
  await sink.write(batchOf({ contacts: [sampleContact('A1')], progress: sampleProgress(1) }), claim, never);
  using database = new DatabaseSync(file.file);
  await backup(database, `${file.file}-backup`);
  await sink.write(batchOf({ contacts: [sampleContact('B2')], progress: sampleProgress(2) }), claim, never);
  const write = (id: string) => sink.write(batchOf({ contacts: [sampleContact(id)] }), claim, never);
  return { sink, claim, write };
}

const contacts = () => file.query('SELECT "$id" AS id FROM mcall_contacts ORDER BY 1').map(({ id }) => id);

it('R10 a call after the file was replaced fails, and the next claim works in the file that is there', async () => {
  const { sink, claim, write } = await writerWithBackup();
  renameSync(`${file.file}-backup`, file.file);
  await expect(write('C3')).rejects.toEqual(replaced);
  await expect(sink.renew(claim, never)).rejects.toEqual(replaced);
  await expect(sink.readState('C1', never)).rejects.toEqual(replaced);
  const again = await claimOf(sink, { takeOverFrom: claim.holder });
  expect((await sink.readState('C1', never)).progress).toEqual(sampleProgress(1));
  await sink.write(batchOf({ contacts: [sampleContact('C3')] }), again, never);
  expect(contacts()).toEqual(['A1', 'C3']);
});

it('R10 a file that was removed is made again by the next claim, with its tables', async () => {
  const { sink, claim, write } = await writerWithBackup();
  rmSync(file.file);
  await expect(write('C3')).rejects.toEqual(replaced);
  expect(existsSync(file.file)).toBe(false);
  const again = await claimOf(sink, { takeOverFrom: claim.holder });
  expect((await sink.readState('C1', never)).progress).toBeNull();
  await sink.declareFields([], never);
  await sink.write(batchOf({ contacts: [sampleContact('C3')] }), again, never);
  expect(contacts()).toEqual(['C3']);
});

it('R10 the log of the former file is not played into the one that replaced it', async () => {
  const { sink, claim } = await writerWithBackup();
  expect(statSync(`${file.file}-wal`).size).toBeGreaterThan(0);
  renameSync(`${file.file}-backup`, file.file);
  await expect(sink.renew(claim, never)).rejects.toEqual(replaced);
  await claimOf(sink, { takeOverFrom: claim.holder });
  expect(contacts()).toEqual(['A1']);
  expect(file.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

it('R10 a file that was moved away keeps all that was committed to it', async () => {
  const { sink, claim } = await writerWithBackup();
  renameSync(file.file, `${file.file}-moved`);
  await expect(sink.renew(claim, never)).rejects.toEqual(replaced);
  await claimOf(sink, { takeOverFrom: claim.holder });
  using away = new DatabaseSync(`${file.file}-moved`);
  expect(away.prepare('SELECT "$id" AS id FROM mcall_contacts ORDER BY 1').all()).toEqual([{ id: 'A1' }, { id: 'B2' }]);
});

it('R10 the log of another connection to the new file is left alone', async () => {
  const { sink, claim } = await writerWithBackup();
  copyFileSync(`${file.file}-backup`, `${file.file}-new`);
  for (const log of ['-wal', '-shm']) rmSync(`${file.file}${log}`);
  renameSync(`${file.file}-new`, file.file);
  using other = new DatabaseSync(file.file);
  other.exec('CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (1)');
  await expect(sink.renew(claim, never)).rejects.toEqual(replaced);
  await claimOf(sink, { takeOverFrom: claim.holder });
  expect(other.prepare('SELECT count(*) AS n FROM notes').get()).toEqual({ n: 1 });
  expect(file.query('SELECT count(*) AS n FROM notes')).toEqual([{ n: 1 }]);
});
