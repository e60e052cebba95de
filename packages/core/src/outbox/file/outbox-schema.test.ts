import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';
import { SCHEMA_VERSION } from './outbox-schema.js';

const FIXTURES = join(import.meta.dirname, '../../../../../test/fixtures');

const file = outboxFileOfEachTest();
function leaveOutbox(version: number): void {
  using db = new DatabaseSync(file.file);
  db.exec('PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = wal');
  db.exec(readFileSync(join(FIXTURES, `outbox-${version}.sql`), 'utf8'));
}

it('an outbox of version 1 keeps all that waits, its ledger, its dead letter and what was accepted last', async () => {
  leaveOutbox(1);
  const held = await file.hold();
  const summary = { messages: 4, contacts: 3, accepted: 1, dead: 1, lastAcceptedMs: Date.UTC(2026, 2, 3, 0, 1) };
  expect(await held.report.summary('C1', never)).toMatchObject(summary);
  expect(await held.report.listAccepted('C1', { limit: 10, ...never })).toMatchObject([
    { contactId: 'OK', state: 'new', attempts: 1 },
  ]);
  expect(await held.store.listDeadLetters('C1', { limit: 10, ...never })).toMatchObject([{ contactId: 'DEAD' }]);
  file.clock.nowMs += 3_600_000;
  expect(statusesOf(await held.drain()).toSorted()).toEqual(['BAD:a', 'BAD:b', 'NEW:n', 'WAY:x']);
  expect(file.query('PRAGMA user_version')).toMatchObject([{ user_version: SCHEMA_VERSION }]);
});

it.each([2, 3, 4])(
  'an outbox of version %i keeps all that waits, its dead letters and what was accepted',
  async (version) => {
    leaveOutbox(version);
    file.clock.nowMs = Date.UTC(2026, 11, 5);
    const held = await file.hold({ plan: 'filter=all prefixes=' });
    expect(await held.report.summary('C1', never)).toMatchObject({ messages: 2, contacts: 1, accepted: 7, dead: 2 });
    expect(await held.report.listAccepted('C1', { limit: 10, ...never })).toHaveLength(7);
    expect(await held.store.listDeadLetters('C1', { limit: 10, ...never })).toHaveLength(2);
    expect(statusesOf(await held.drain())).toHaveLength(2);
    expect(await held.report.summary('C1', never)).toMatchObject({ messages: 0, accepted: 9, dead: 2 });
    expect(file.query('PRAGMA user_version')).toMatchObject([{ user_version: SCHEMA_VERSION }]);
  },
);

it('a command that only looks brings an outbox of version 1 up to date, beside a process that has it open', async () => {
  leaveOutbox(1);
  using before = new DatabaseSync(file.file);
  const settle = before.prepare(
    'INSERT OR REPLACE INTO deliveries (slot, stream_nr, id, contact, transaction_id, state, attempts, queued_ms, accepted_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const { report } = await file.open({ ifMissing: 'refuse' });
  expect(await report.summary('C1', never)).toMatchObject({ messages: 4 });
  expect(() => settle.run(1_001, 1, Buffer.alloc(16), 'C', 'T', 'new', 1, 1, 1)).not.toThrow();
});
