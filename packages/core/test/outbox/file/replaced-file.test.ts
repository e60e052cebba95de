import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { contactWith, progressSince, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { claimOf, never } from '../../../../../test/harness/sqlite-file.ts';
import type { SinkNotice } from '../../../src/contract/index.ts';

const moved = { code: 'OUTBOX_MOVED', verdict: 'retryable', outcome: 'not-committed', connectionLost: true };

const file = outboxFileOfEachTest();
let notices: SinkNotice[];
beforeEach(() => {
  notices = [];
});

/** An outbox with one message accepted and one waiting, and how it is claimed again. */
async function heldOutbox(campaign = 'C1') {
  const held = await file.hold({ campaign, notify: (notice) => notices.push(notice) });
  await held.write({
    contacts: [contactWith('A1', 'done')],
    progress: progressSince(null, '2026-03-02T08:00:00.000Z'),
  });
  await held.drain();
  await held.write({ contacts: [contactWith('B2', 'waits')] });
  const again = () => claimOf(held.store, { takeOverFrom: held.claim.holder });
  return { held, again };
}

async function backupOf(path: string): Promise<string> {
  using database = new DatabaseSync(path);
  await backup(database, `${path}-backup`);
  return `${path}-backup`;
}

describe('a state file that is removed while it is open', () => {
  it('R28 is put back by the next claim with its ledger, its messages and its progress', async () => {
    const { held, again } = await heldOutbox();
    for (const name of ['', '-wal', '-shm']) rmSync(file.file + name, { force: true });
    await expect(held.write({ contacts: [contactWith('A1', 'done')] })).rejects.toMatchObject(moved);
    await expect(held.take()).rejects.toMatchObject(moved);
    const claim = await again();
    expect(notices).toMatchObject([{ level: 'warn', code: 'OUTBOX_MOVED' }]);
    expect((statSync(file.file).mode & 0o777).toString(8)).toBe('600');
    const { progress } = await held.store.readState('C1', never);
    expect(progress?.eventsUntil).toBe('2026-03-02T08:00:00.000Z');
    const batch = { contacts: [contactWith('A1', 'done')], inboundCalls: [], deadLetters: [], settled: [] };
    expect(await held.store.write(batch, claim, never)).toMatchObject({ inserted: 0, updated: 0 });
    const waiting = await held.queue.take(claim, { limit: 9, nowMs: file.clock.nowMs, ...never });
    expect(statusesOf(waiting)).toEqual(['B2:waits']);
    expect(file.query('SELECT count(*) AS n FROM ledger')).toEqual([{ n: 2 }]);
  });

  it('R28 is put back though its log is left', async () => {
    const { held, again } = await heldOutbox();
    rmSync(file.file);
    await expect(held.take()).rejects.toMatchObject(moved);
    await again();
    expect(file.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(file.query('SELECT count(*) AS n FROM ledger')).toEqual([{ n: 2 }]);
  });

  it.each([['alone'], ['with its log', '-wal', '-shm']])(
    'R28 is put back when the process stops before it claims again: removed %s',
    async (...names) => {
      const { held } = await heldOutbox();
      for (const name of ['', ...names.slice(1)]) rmSync(file.file + name, { force: true });
      await held.store.close();
      expect(file.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      expect(file.query('SELECT count(*) AS n FROM ledger')).toEqual([{ n: 2 }]);
    },
  );

  it('R28 is put back with its folder', async () => {
    const { held, again } = await heldOutbox();
    rmSync(file.folder, { recursive: true });
    await expect(held.take()).rejects.toMatchObject(moved);
    await again();
    expect(file.query('SELECT count(*) AS n FROM ledger')).toEqual([{ n: 2 }]);
  });
});

describe('a state file that is replaced while it is open', () => {
  it('R10 is read from the next claim on: what its ledger lacks is queued again', async () => {
    const held = await file.hold({ notify: (notice) => notices.push(notice) });
    await held.write({ contacts: [contactWith('A1', 'done')] });
    await held.drain();
    const copy = await backupOf(file.file);
    await held.write({ contacts: [contactWith('B2', 'later')] });
    await held.drain();
    renameSync(copy, file.file);
    await expect(held.write({ contacts: [contactWith('B2', 'later')] })).rejects.toMatchObject(moved);
    const claim = await claimOf(held.store, { takeOverFrom: held.claim.holder });
    expect(notices).toMatchObject([{ level: 'warn', code: 'OUTBOX_MOVED' }]);
    const contacts = [contactWith('A1', 'done'), contactWith('B2', 'later')];
    await held.store.write({ contacts, inboundCalls: [], deadLetters: [], settled: [] }, claim, never);
    const waiting = await held.queue.take(claim, { limit: 9, nowMs: file.clock.nowMs, ...never });
    expect(statusesOf(waiting)).toEqual(['B2:later']);
  });

  it('R28 is refused where it is empty, or that of another campaign', async () => {
    const { held, again } = await heldOutbox();
    const folder = mkdtempSync(join(tmpdir(), 'dbsync-outbox-'));
    const other = await file.open({ file: join(folder, 'other.sqlite') });
    await claimOf(other.store, { stream: 'C2' });
    const copy = await backupOf(join(folder, 'other.sqlite'));
    renameSync(copy, file.file);
    await expect(held.take()).rejects.toMatchObject(moved);
    await expect(again()).rejects.toMatchObject({ code: 'OUTBOX_OF_OTHER_CAMPAIGN', verdict: 'fatal' });
    writeFileSync(join(folder, 'empty'), '');
    renameSync(join(folder, 'empty'), file.file);
    await expect(again()).rejects.toMatchObject({ code: 'OUTBOX_STATE_MISSING', verdict: 'fatal' });
    await other.store.close();
    rmSync(folder, { recursive: true });
  });
});
