import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { digits } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

/** The used part of SQLite as WebAssembly. */
interface OldSqlite {
  readonly Database: new (file: Uint8Array) => OldDatabase;
}

interface OldDatabase {
  exec(query: string): readonly { readonly values: readonly (readonly unknown[])[] }[];
}

const require = createRequire(import.meta.url);
let sqlite: OldSqlite;
let file: SqliteFile;

beforeEach(async () => {
  const wasmBinary = readFileSync(require.resolve('sqlite-3.31/dist/sql-wasm.wasm'));
  sqlite = await require('sqlite-3.31')({ wasmBinary });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  file = createSqliteFile();
});
afterEach(async () => {
  await file[Symbol.asyncDispose]();
  vi.useRealTimers();
});

/** Opens a copy of the file alone in SQLite 3.31. It is marked as having no log, which this build could not open. */
function copyOfFile(): OldDatabase {
  const bytes = readFileSync(file.file);
  bytes.fill(1, 18, 20);
  return new sqlite.Database(bytes);
}

const first = (database: OldDatabase, query: string) => database.exec(query)[0]?.values[0]?.[0];

it('has all rows for a copy of the file alone, ten seconds after the last write, also in SQLite 3.31', async () => {
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  const hostile = [
    '',
    'a\0b',
    '\ud83d',
    'yesterday',
    '2026-01-02T03:04:05Z',
    true,
    1.5,
    digits('1e999'),
    { a: [null] },
  ];
  const contacts = hostile.map((value, nr) =>
    sampleContact(`C${nr}`, { values: { city: value, $created_date: value } }),
  );
  await sink.write(batchOf({ contacts }), claim, never);
  expect(first(copyOfFile(), "SELECT count(*) FROM sqlite_master WHERE name = 'mcall_contacts'")).toBe(0);
  vi.advanceTimersByTime(10_000);
  const copy = copyOfFile();
  expect(first(copy, 'SELECT sqlite_version()')).toBe('3.31.1');
  expect(first(copy, 'SELECT count(*) FROM mcall_contacts')).toBe(contacts.length);
  expect(first(copy, 'PRAGMA integrity_check')).toBe('ok');
});

it('keeps long digits as they are in a column of numbers, and refuses what only another program would write', async () => {
  const sink = file.createSink();
  await sink.open(never);
  await sink.declareFields([{ name: 'age', type: 'number' }], never);
  file.exec(`INSERT INTO mcall_contacts ("$id", age) VALUES ('A', '12345678901234567890.5')`);
  expect(file.query('SELECT age, typeof(age) AS class FROM mcall_contacts')).toEqual([
    { age: '12345678901234567890.5', class: 'text' },
  ]);
  expect(() => file.exec(`INSERT INTO mcall_contacts ("$id", "$phone") VALUES ('B', x'00')`)).toThrow('CHECK');
});

it('goes on with the STRICT tables of an earlier release, in their own types', async () => {
  file.exec('CREATE TABLE mcall_contacts ("$id" TEXT NOT NULL, "$md5" TEXT, PRIMARY KEY ("$id")) STRICT');
  const sink = file.createSink();
  await sink.open(never);
  await sink.declareFields([{ name: 'age', type: 'number' }], never);
  const types = file.query("SELECT type FROM pragma_table_info('mcall_contacts') WHERE name = 'age'");
  expect(types).toEqual([{ type: 'ANY' }]);
  await sink.write(batchOf({ contacts: [sampleContact('A', { values: { age: 7 } })] }), await claimOf(sink), never);
  expect(file.query('SELECT age FROM mcall_contacts')).toEqual([{ age: 7 }]);
  expect(file.query("SELECT name FROM pragma_table_list WHERE strict = 0 AND name LIKE 'mcall%'")).toEqual([]);
});
