import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SinkError } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';
import { createSink } from './index.js';
import { toSinkError } from './sqlite-errors.js';

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => file[Symbol.asyncDispose]());

function sinkAt(path: string) {
  const address = { scheme: 'sqlite', user: null, password: null, host: '', port: null, path };
  return createSink({ address, options: {}, notify: () => {} });
}

describe('errors of a SQLite file', () => {
  it('an address without a file, and one in memory, is refused before anything is touched', () => {
    for (const path of ['', ':memory:']) {
      expect(() => sinkAt(path)).toThrow(expect.objectContaining({ code: 'SQLITE_ADDRESS_INVALID', verdict: 'fatal' }));
    }
  });

  it.each<readonly [string, object, string]>([
    ['sqlite://calls.db', { host: 'calls.db' }, 'write sqlite:calls.db'],
    ['sqlite://var/calls.db', { host: 'var', path: 'calls.db' }, 'write sqlite:/calls.db'],
    [
      'sqlite:///no/such.db',
      { path: 'no/such.db', isWithoutHost: true },
      'write sqlite:/no/such.db for the path from the root',
    ],
    ['sqlite:~/no/such.db', { path: '~/no/such.db' }, `write sqlite:${homedir()}/no/such.db`],
  ])('an address like %s, which may mean another file, is refused with the one to write', async (_, parts, words) => {
    const address = { scheme: 'sqlite', user: null, password: null, host: '', port: null, path: '', ...parts };
    const open = async () => createSink({ address, options: {}, notify: () => {} }).open(never);
    const message = expect.stringContaining(words);
    await expect(open()).rejects.toMatchObject({ code: 'SQLITE_ADDRESS_INVALID', verdict: 'fatal', message });
  });

  it('an address like sqlite:///FILE goes on with the file that is there', async () => {
    const path = relative(process.cwd(), file.file);
    file.exec('CREATE TABLE theirs (id)');
    const address = {
      scheme: 'sqlite',
      user: null,
      password: null,
      host: '',
      port: null,
      path,
      isWithoutHost: true,
    } as const;
    const sink = createSink({ address, options: {}, notify: () => {} });
    await sink.open(never);
    await sink.close();
  });

  it('an error names the whole path of its file', async () => {
    const path = join(file.file, 'missing', 'a.db');
    await expect(sinkAt(path).open(never)).rejects.toMatchObject({
      message: expect.stringContaining(`SQLite ${path}: `),
    });
  });

  it('a folder that is missing, a folder in its place and a file of something else are fatal, each by its code', async () => {
    mkdirSync(`${file.file}.folder`);
    writeFileSync(`${file.file}.txt`, 'no database at all, and long enough to be looked at: '.repeat(100));
    const codes = {
      [join(file.file, 'missing', 'a.db')]: 'SQLITE_CANNOT_OPEN',
      [`${file.file}.folder`]: 'SQLITE_CANNOT_OPEN',
      [`${file.file}.txt`]: 'SQLITE_NOT_A_DATABASE',
    };
    for (const [path, code] of Object.entries(codes)) {
      const sink = sinkAt(path);
      await expect(sink.open(never)).rejects.toMatchObject({ code, verdict: 'fatal', outcome: 'not-committed' });
      await sink.close();
    }
  });

  it('a file that another process writes to is busy: nothing is committed, and the same write succeeds later', async () => {
    const sink = await file.openSink();
    const claim = await claimOf(sink);
    const batch = batchOf({ contacts: [sampleContact('A1')] });
    using other = new DatabaseSync(file.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(sink.write(batch, claim, never)).rejects.toMatchObject({
      code: 'SQLITE_BUSY',
      verdict: 'retryable',
      outcome: 'not-committed',
    });
    other.exec('ROLLBACK');
    expect(await sink.write(batch, claim, never)).toMatchObject({ updated: 0, inserted: expect.any(Number) });
  });

  it('a row that breaks a constraint of the table is refused, and nothing of its batch is there', async () => {
    const sink = await file.openSink();
    const claim = await claimOf(sink);
    file.exec(`CREATE TRIGGER picky BEFORE INSERT ON mcall_transactions WHEN new.contact_id = 'B2'
      BEGIN SELECT raise(abort, 'not this one'); END`);
    const batch = batchOf({ contacts: [sampleContact('A1'), sampleContact('B2')] });
    await expect(sink.write(batch, claim, never)).rejects.toMatchObject({ code: 'SQLITE_REFUSED', verdict: 'refused' });
    expect(file.query('SELECT count(*) AS n FROM mcall_contacts')).toEqual([{ n: 0 }]);
  });

  it('R34 of a result code that is not known is unclassified, and of a full disk says that an operator must act', () => {
    const errorOf = (errcode: number) =>
      toSinkError(Object.assign(new Error('no such table: main.x'), { errcode }), 'a.db');
    expect([1, 21, 5, 7, 10, 13, 17].map((code) => errorOf(code).isUnclassified)).toEqual([
      ...[true, true],
      ...Array.from({ length: 5 }, () => false),
    ]);
    expect([1, 7, 13, 4874].map((code) => errorOf(code).isOutOfSpace)).toEqual([false, false, true, true]);
    expect(errorOf(1).message).toContain('no such table: main.x');
  });

  it('only a failed disk leaves the outcome of a commit unknown', () => {
    const outcomeOf = (errcode: number) => toSinkError(Object.assign(new Error('x'), { errcode }), 'a.db').outcome;
    expect([5, 13, 19, 261, 10, 1034].map(outcomeOf)).toEqual([
      ...Array.from({ length: 4 }, () => 'not-committed'),
      'unknown',
      'unknown',
    ]);
    expect(toSinkError(new Error('no code'), 'a.db')).toMatchObject({ code: 'SQLITE_FAILED', outcome: 'unknown' });
    const known = new SinkError('X', 'x', { verdict: 'fatal', outcome: 'unknown' });
    expect(toSinkError(known, 'a.db')).toBe(known);
  });
});

describe('the health of a SQLite file', () => {
  it('passes when all is there, and names what is to be corrected', async () => {
    const sink = await file.openSink();
    const levels = async () => (await sink.checkHealth(never)).map(({ level }) => level);
    expect(new Set(await levels())).toEqual(new Set(['pass']));
    file.exec('DROP TABLE mcall_recordings');
    expect(await sink.checkHealth(never)).toContainEqual(
      expect.objectContaining({ level: 'warn', what: expect.stringContaining('mcall_recordings') }),
    );
  });

  it('is a finding, not an error, when the sink is not open or the file is gone bad', async () => {
    const sink = file.createSink();
    expect(await sink.checkHealth(never)).toEqual([expect.objectContaining({ level: 'fail' })]);
    const opened = await file.openSink();
    file.exec('DROP TABLE mcall_sync_columns');
    expect(await opened.checkHealth(never)).toContainEqual(
      expect.objectContaining({ level: 'fail', what: expect.stringContaining('sync_columns') }),
    );
  });
});
