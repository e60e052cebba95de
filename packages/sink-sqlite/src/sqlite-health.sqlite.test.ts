import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Finding } from '@dbsync/core/contract';
import { expect, it, onTestFinished } from 'vitest';
import { sqliteTarget } from '../../../test/harness/sqlite-subject.ts';
import { createSink } from './index.js';
import { roomFinding, takesWrites } from './sqlite-health.js';

const options = { signal: new AbortController().signal };

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-sqlite-health-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Checks a file before its first use, as `dbsync doctor` does. */
async function check(file: string): Promise<readonly Finding[]> {
  const sink = createSink({ ...sqliteTarget(file), onlyLooks: true, copyMayBeMissing: true });
  try {
    await sink.open(options);
    return await sink.checkHealth(options);
  } finally {
    await sink.close();
  }
}

it('checks the folder of a file that is not there yet, and makes none', async () => {
  const file = join(newFolder(), 'copy.db');
  const findings = await check(file);
  expect(findings.map(({ level }) => level)).toEqual(findings.map(() => 'pass'));
  expect(findings.map(({ what }) => what)).toContain(`The first start makes ${file}`);
  expect(existsSync(file)).toBe(false);
});

it('names a folder that is not there, with the command that makes it', async () => {
  const folder = join(newFolder(), 'missing');
  expect(await check(join(folder, 'copy.db'))).toContainEqual({
    level: 'fail',
    what: `The folder ${folder} does not exist`,
    remedy: `mkdir -p ${folder}`,
  });
});

it('quotes a name in each command, so that a shell does nothing else', async () => {
  const folder = join(newFolder(), '$(touch X)');
  expect(await check(join(folder, 'copy.db'))).toContainEqual(
    expect.objectContaining({ remedy: `mkdir -p '${folder}'` }),
  );
  const file = join(newFolder(), 'old.db');
  using database = new DatabaseSync(file);
  database.exec('CREATE TABLE "$(id)contacts" ("$id" text, "$md5" text); CREATE TABLE "$(id)transactions" (id text)');
  expect(await check(file)).toContainEqual(
    expect.objectContaining({ level: 'fail', remedy: "To continue with it: --tp '$(id)'" }),
  );
});

it('passes a file with another journal, which the next start switches, and reads a crashed one without changing it', async () => {
  const file = join(newFolder(), 'other.db');
  using other = new DatabaseSync(file);
  other.exec('CREATE TABLE t (n int)');
  const findings = await check(file);
  expect(findings.filter(({ level }) => level === 'warn' || level === 'fail')).toEqual([]);
  expect(findings.map(({ what }) => what)).toContain('The journal mode is delete: the next start switches it to WAL');

  using crashed = new DatabaseSync(join(newFolder(), 'running.db'));
  crashed.exec('PRAGMA journal_mode = wal; CREATE TABLE t (n int)');
  const left = join(newFolder(), 'crashed.db');
  for (const end of ['', '-wal', '-shm']) copyFileSync(`${crashed.location()}${end}`, `${left}${end}`);
  const contents = () => ['', '-wal'].map((end) => readFileSync(`${left}${end}`).toString('base64'));
  const before = contents();
  await check(left);
  expect(contents()).toEqual(before);
});

it('throws where the call was aborted: that says nothing about the target', async () => {
  const sink = createSink({ ...sqliteTarget(join(newFolder(), 'copy.db')), onlyLooks: true, copyMayBeMissing: true });
  await sink.open(options);
  await expect(sink.checkHealth({ signal: AbortSignal.abort() })).rejects.toMatchObject({ verdict: 'retryable' });
  await sink.close();
});

it('fails where SQLite can make no log beside the file', () => {
  const refuse = () => {
    throw new Error('EACCES');
  };
  expect(takesWrites('/data', 3, refuse)).toMatchObject({
    level: 'fail',
    remedy: expect.stringMatching(/^chown \d+ \/data$/),
  });
});

it('names a disk that is nearly full', () => {
  expect(roomFinding(1024 ** 3)).toMatchObject({ level: 'pass', what: '1.0 GiB are free' });
  expect(roomFinding(1024 ** 2)).toMatchObject({ level: 'warn', remedy: expect.any(String) });
});

it("names the old client's tables under another prefix, which a start refuses", async () => {
  const file = join(newFolder(), 'old.db');
  using database = new DatabaseSync(file);
  database.exec('CREATE TABLE contacts ("$id" text, "$md5" text); CREATE TABLE transactions (id text)');
  expect(await check(file)).toContainEqual({
    level: 'fail',
    what: 'There are no tables such as mcall_contacts yet, but there is the table contacts of an earlier client.',
    remedy: 'To continue with it: --tp ""',
  });
});

it('names tables with which the first start continues, their changes, their foreign keys and triggers', async () => {
  const file = join(newFolder(), 'mine.db');
  using database = new DatabaseSync(file);
  database.exec(`CREATE TABLE people (id text PRIMARY KEY);
    CREATE TABLE mcall_contacts ("$id" text PRIMARY KEY);
    CREATE TABLE mcall_transactions (id text PRIMARY KEY, contact_id text REFERENCES people (id));
    CREATE TRIGGER keeper BEFORE INSERT ON mcall_contacts BEGIN SELECT RAISE(IGNORE); END`);
  const findings = await check(file);
  const what = findings.map((finding) => finding.what);
  expect(what).toContainEqual(
    expect.stringContaining('continues with the tables that are there: mcall_contacts, mcall_'),
  );
  expect(what).toContainEqual(expect.stringMatching(/^mcall_contacts\.\$md5, .* and \d+ more: to get /));
  expect(findings).toContainEqual({
    level: 'warn',
    what: 'mcall_transactions.contact_id refers to people, a table of another program: a row that names no row there becomes a dead letter',
    remedy:
      'Unless that is on purpose: make the table mcall_transactions again without the foreign key of contact_id, since SQLite cannot drop one',
  });
  expect(findings).toContainEqual(expect.objectContaining({ level: 'warn', what: expect.stringContaining('keeper') }));
});
