import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { contactWith } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

const fatal = (code: string) => ({ code, verdict: 'fatal', outcome: 'not-committed' });
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the state file', () => {
  it('is for its owner alone, with all that stands beside it, and so is the folder that is made for it', async () => {
    const path = join(file.folder, 'made', 'deep', 'state.sqlite');
    const held = await file.hold({ file: path, ballastBytes: 1_000 });
    await held.write({ contacts: [contactWith('A1', 'a')] });
    expect(modeOf(join(file.folder, 'made', 'deep'))).toBe('700');
    expect(['', '-wal', '-shm', '-ballast'].map((suffix) => modeOf(path + suffix))).toEqual(Array(4).fill('600'));
  });

  it('loses the rights of others that it had', async () => {
    writeFileSync(file.file, '');
    chmodSync(file.file, 0o644);
    await file.hold();
    expect(modeOf(file.file)).toBe('600');
  });

  it('survives a power cut: WAL, and every commit reaches the disk', async () => {
    await file.hold();
    const read = (pragma: string) => Object.values(file.query(`PRAGMA ${pragma}`)[0] ?? {});
    expect([...read('journal_mode'), ...read('auto_vacuum')]).toEqual(['wal', 2]);
    expect(readFileSync(new URL('./state-file.ts', import.meta.url), 'utf8')).toContain('PRAGMA synchronous = full');
  });

  it('of a newer version is refused', async () => {
    await file.hold();
    file.exec('PRAGMA user_version = 99');
    await expect(file.open()).rejects.toMatchObject(fatal('OUTBOX_VERSION_NEWER'));
  });

  it('that is no database is refused, and left as it is', async () => {
    writeFileSync(
      file.file,
      'a letter to a friend, and long enough that it fills the head of a database file'.repeat(9),
    );
    const before = readFileSync(file.file);
    await expect(file.open()).rejects.toMatchObject(fatal('OUTBOX_DAMAGED'));
    expect(readFileSync(file.file)).toEqual(before);
  });

  it('that is the database of another program is refused, and left as it is', async () => {
    const other = new DatabaseSync(file.file);
    other.exec('CREATE TABLE customers (id INTEGER)');
    other.close();
    await expect(file.open()).rejects.toMatchObject(fatal('OUTBOX_DAMAGED'));
    expect(file.query('SELECT name FROM sqlite_schema')).toMatchObject([{ name: 'customers' }]);
  });

  it('that is damaged ends the run, at the latest where the damage is met, and its health check fails', async () => {
    const held = await file.hold();
    await held.write({ contacts: Array.from({ length: 200 }, (_, nr) => contactWith(`C${nr}`, 'a')) });
    await held.store.close();
    const bytes = readFileSync(file.file);
    writeFileSync(file.file, bytes.fill(0xa5, 60 * 4_096));
    await expect(file.hold().then(({ drain }) => drain())).rejects.toMatchObject(fatal('OUTBOX_DAMAGED'));
    const next = await file.open();
    const findings = await next.store.checkHealth(never);
    expect(findings.map(({ level }) => level)).toContain('fail');
    await next.store.close();
    writeFileSync(file.file, bytes.fill(0xa5, 4_096));
    await expect(file.open()).rejects.toMatchObject(fatal('OUTBOX_DAMAGED'));
  });

  it('that cannot be made says so', async () => {
    mkdirSync(join(file.folder, 'a folder'));
    writeFileSync(join(file.folder, 'a file'), '');
    const [isFolder, inFile] = [join(file.folder, 'a folder'), join(file.folder, 'a file', 'state.sqlite')];
    for (const path of [isFolder, inFile, '/proc/dbsync/state/state.sqlite']) {
      await expect(file.open({ file: path })).rejects.toMatchObject(fatal('OUTBOX_CANNOT_OPEN'));
    }
  });

  it('is busy where another process keeps it, and nothing of the write is there', async () => {
    const held = await file.hold();
    using other = new DatabaseSync(file.file);
    other.exec('BEGIN IMMEDIATE');
    const write = held.write({ contacts: [contactWith('A1', 'a')] });
    await expect(write).rejects.toMatchObject({ code: 'OUTBOX_BUSY', verdict: 'retryable', outcome: 'not-committed' });
    other.exec('ROLLBACK');
    expect(await held.write({ contacts: [contactWith('A1', 'a')] })).toMatchObject({ inserted: 1 });
  });

  it('is not used before it was opened, nor after', async () => {
    const held = await file.hold();
    await held.store.close();
    await expect(held.take()).rejects.toMatchObject({ code: 'SINK_MISUSED' });
  });
});

describe('several processes on one file', () => {
  it('do not both hold a stream, and the other one is named', async () => {
    const { claim } = await file.hold();
    const { store } = await file.open();
    const process = { host: 'h', bootId: 'b', pid: 2, startedAt: '3' };
    const answer = await store.claim('C1', 'plan', { leaseMs: 60_000, process, ...never });
    expect(answer).toMatchObject({ granted: false, heldBy: { holder: claim.holder, process: { pid: 1 } } });
  });

  it('a lease never seems longer than it was taken for, though the clock was set back', async () => {
    await file.hold();
    file.exec('UPDATE streams SET lease_until = lease_until + 3600000');
    const { store } = await file.open();
    const process = { host: 'h', bootId: 'b', pid: 2, startedAt: '3' };
    const answer = await store.claim('C1', 'plan', { leaseMs: 1_000, process, ...never });
    expect(answer.granted ? 0 : answer.heldBy.expiresInMs).toBe(60_000);
  });

  it('post to a stream that was never claimed', async () => {
    const { store } = await file.open();
    const request = { key: 'r', kind: 'refetch', contactIds: ['A1'] } as const;
    await store.postRequest('C1', request, never);
    const { claim } = await file.hold();
    expect(await store.takeRequests(claim, never)).toEqual([request]);
  });
});
