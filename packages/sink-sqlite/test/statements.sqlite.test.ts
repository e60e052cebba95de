import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it, vi } from 'vitest';
import { createSqliteFile } from '../../../test/harness/sqlite-file.ts';
import { writeAmidChanges } from '../../../test/harness/writes-amid-changes.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Records every statement that the process hands to SQLite from now on, and whether it ran in a transaction. */
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
  await writeAmidChanges(file.createSink());
  const changes = statements.filter(({ text }) => /^\s*(?:create|alter|drop)\b/i.test(text));
  expect(changes.length).toBeGreaterThan(10);
  expect(changes.filter(({ isOpen }) => isOpen)).toEqual([]);
  expect(statements.filter(({ text, isOpen }) => isOpen && /^insert into "mcall_contacts"/.test(text))).not.toEqual([]);
});
