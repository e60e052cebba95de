import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { outboxFileOfEachTest } from '../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../test/harness/sqlite-file.ts';
import { readStateFile } from './outbox-reporting.js';

const FIXTURES = join(import.meta.dirname, '../../../../test/fixtures');
const file = outboxFileOfEachTest();

it('shows the holder, its heartbeat, and the deliveries that wait, beside the process that delivers', async () => {
  const held = await file.hold();
  await held.store.reporting?.keepHeartbeat(held.claim, '{"n":1}', never);
  const state = readStateFile(file.file);
  try {
    expect(await state.reporting.listStreams(never)).toEqual(['C1']);
    expect(await state.reporting.describeStream('C1', never)).toMatchObject({
      heldBy: { holder: held.claim.holder },
      heartbeat: { text: '{"n":1}', holder: held.claim.holder },
      keepsHeartbeats: true,
      deadLetters: {},
      requests: 0,
      deliveries: { messages: 0, contacts: 0, oldestMs: null, state: 'up' },
    });
    expect(await state.reporting.describeStream('OTHER', never)).toBeNull();
  } finally {
    state.close();
  }
});

it('counts a heartbeat as old that lies in the future, since the clock was set back meanwhile', async () => {
  const held = await file.hold();
  await held.store.reporting?.keepHeartbeat(held.claim, '{"n":1}', never);
  using db = new DatabaseSync(file.file);
  db.exec('UPDATE heartbeats SET kept_ms = kept_ms + 1800000');
  const state = readStateFile(file.file);
  try {
    const facts = await state.reporting.describeStream('C1', never);
    expect(facts?.heartbeat?.ageMs).toBeGreaterThan(1_700_000);
  } finally {
    state.close();
  }
});

it('reads an outbox of version 1, and changes nothing in it', async () => {
  using db = new DatabaseSync(file.file);
  db.exec('PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = wal');
  db.exec(readFileSync(join(FIXTURES, 'outbox-1.sql'), 'utf8'));
  const contents = () => JSON.stringify(db.prepare('SELECT * FROM sqlite_schema, pragma_user_version').all());
  const before = contents();
  const state = readStateFile(file.file);
  try {
    expect(await state.reporting.describeStream('C1', never)).toMatchObject({
      heartbeat: null,
      keepsHeartbeats: false,
      deadLetters: { message: 1 },
      deliveries: { messages: 4, contacts: 3 },
    });
  } finally {
    state.close();
  }
  expect(contents()).toBe(before);
});

it('refuses a file that is missing, and one that is no state file', () => {
  expect(() => readStateFile(file.file)).toThrow(expect.objectContaining({ code: 'OUTBOX_STATE_MISSING' }));
  using db = new DatabaseSync(file.file);
  db.exec('CREATE TABLE other (n)');
  expect(() => readStateFile(file.file)).toThrow(expect.objectContaining({ code: 'OUTBOX_DAMAGED' }));
});
