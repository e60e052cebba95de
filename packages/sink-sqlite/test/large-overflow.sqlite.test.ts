import { StatementSync } from 'node:sqlite';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  batchOf,
  claimOf,
  createSqliteFile,
  never,
  type SqliteFile,
  textField,
} from '../../../test/harness/sqlite-file.ts';

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await file[Symbol.asyncDispose]();
});

it('moves values out of overflows of megabytes, one at a time in memory', async () => {
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  const note = 'x'.repeat(1 << 20);
  const contacts = Array.from({ length: 20 }, (_, nr) =>
    sampleContact(`A${nr}`, { transactions: [], values: { note, age: `${nr}` } }),
  );
  for (const contact of contacts) await sink.write(batchOf({ contacts: [contact] }), claim, never);
  let most = 0;
  const original = StatementSync.prototype.all as (this: StatementSync, ...values: unknown[]) => unknown[];
  vi.spyOn(StatementSync.prototype, 'all').mockImplementation(function (this: StatementSync, ...values: unknown[]) {
    const rows = original.call(this, ...values);
    most = Math.max(most, JSON.stringify(rows, (_, cell) => (typeof cell === 'bigint' ? '' : cell)).length);
    return rows as never;
  });
  await sink.declareFields([textField('city'), textField('age')], never);
  expect(most).toBeLessThan(2 << 20);
  vi.restoreAllMocks();
  const rows = file.query('SELECT "age", length("$overflow") AS bytes FROM mcall_contacts ORDER BY "age"');
  expect(rows.map(({ age }) => age)).toEqual(Array.from({ length: 20 }, (_, nr) => `${nr}`).sort());
  expect(rows.every(({ bytes }) => Number(bytes) > 1 << 20)).toBe(true);
});
