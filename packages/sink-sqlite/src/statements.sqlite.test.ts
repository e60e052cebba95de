import { DatabaseSync } from 'node:sqlite';
import { sampleContact } from '@dbsync/core/testkit';
import { afterEach, expect, it, vi } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, textField } from '../../../test/harness/sqlite-file.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every statement that the process hands to SQLite from now on, and whether it stood in a transaction then. */
function recordStatements(): { readonly text: string; readonly isOpen: boolean }[] {
  const seen: { text: string; isOpen: boolean }[] = [];
  for (const method of ['exec', 'prepare'] as const) {
    const original = DatabaseSync.prototype[method] as (this: DatabaseSync, text: string) => never;
    vi.spyOn(DatabaseSync.prototype, method).mockImplementation(function (this: DatabaseSync, text: string) {
      seen.push({ text, isOpen: this.isTransaction });
      return original.call(this, text);
    });
  }
  return seen;
}

it('R14 sends no DDL in a transaction', async () => {
  await using file = createSqliteFile();
  const statements = recordStatements();
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  const write = (md5: string, values: Record<string, string>) =>
    sink.write(batchOf({ contacts: [sampleContact('A1', { md5, values, supersedes: ['never was'] })] }), claim, never);
  await write('1', { city: 'x' });
  await write('2', { city: 'y', $trigger: 'a new field' });
  await sink.declareFields(['city', 'street'].map(textField), never);
  await write('3', { city: 'z', street: 'another one' });
  await sink.postRequest('C1', { key: 'k', kind: 'refetch', contactIds: ['A1'] }, never);
  const changes = statements.filter(({ text }) => /^\s*(?:create|alter|drop)\b/i.test(text));
  expect(changes.length).toBeGreaterThan(10);
  expect(changes.filter(({ isOpen }) => isOpen)).toEqual([]);
  expect(statements.filter(({ text, isOpen }) => isOpen && /^insert into "mcall_contacts"/.test(text))).not.toEqual([]);
});
