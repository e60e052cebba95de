import { DatabaseSync, StatementSync } from 'node:sqlite';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, expect, it, vi } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, textField } from '../../../test/harness/sqlite-file.ts';
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

it('compiles a statement once, though it comes with each cycle', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink({}, ['city']);
  const claim = await claimOf(sink);
  let nr = 0;
  const cycle = async () => {
    await sink.declareFields([textField('city')], never);
    await sink.renew(claim, never);
    nr += 1;
    await sink.write(batchOf({ contacts: [sampleContact('A1', { md5: `md5 ${nr}` })] }), claim, never);
  };
  await cycle();
  await cycle();
  const statements = recordStatements();
  await cycle();
  expect(statements.filter(({ text }) => /^\s*(?:select|insert|update|delete)/i.test(text))).toEqual([]);
});

it('sees through statements that it keeps what another program made of the tables', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink({}, ['city']);
  file.exec('ALTER TABLE mcall_contacts ADD COLUMN age TEXT');
  const changes = await sink.declareFields([textField('city'), textField('age')], never);
  expect(changes.map(({ column, to }) => [column, to])).toEqual([['age', 'the column that is there']]);
  file.exec('ALTER TABLE mcall_contacts DROP COLUMN age');
  const again = await sink.declareFields([textField('city'), textField('age')], never);
  expect(again.map(({ column, change }) => [column, change])).toEqual([['age', 'add']]);
});

it('describes the tables once after each change of one, and not again until the next', async () => {
  await using file = createSqliteFile();
  const sink = await file.openSink({}, ['city']);
  await claimOf(sink);
  const described: unknown[] = [];
  const original = StatementSync.prototype.all as (this: StatementSync, ...values: unknown[]) => never;
  vi.spyOn(StatementSync.prototype, 'all').mockImplementation(function (this: StatementSync, ...values: unknown[]) {
    if (this.sourceSQL.includes('pragma_table_xinfo')) described.push(values[0]);
    return original.call(this, ...values);
  });
  const check = async () => {
    described.length = 0;
    await sink.declareFields([textField('city')], never);
    return described.toSorted();
  };
  await check();
  expect(await check()).toEqual([]);
  file.exec('ALTER TABLE mcall_contacts ADD COLUMN age TEXT');
  expect(await check()).toEqual([
    'mcall_connections',
    'mcall_contacts',
    'mcall_inbound_calls',
    'mcall_recordings',
    'mcall_sync_forgotten',
    'mcall_transactions',
  ]);
  expect(await check()).toEqual([]);
});
