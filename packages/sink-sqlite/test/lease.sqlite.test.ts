import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

const process = { host: 'host', bootId: 'boot', pid: 7, startedAt: '12' };
const fenced = expect.objectContaining({ code: 'SQL_FENCED', verdict: 'fenced', outcome: 'not-committed' });

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => file[Symbol.asyncDispose]());

function state() {
  return file.query('SELECT * FROM mcall_sync_state')[0];
}

describe('claims of a SQLite file', () => {
  it('R10 each grant has a fresh holder and a higher epoch, and each write and renewal changes the row', async () => {
    const sink = await file.openSink();
    const first = await claimOf(sink);
    const counts = [state()?.writes];
    await sink.write(batchOf({ contacts: [sampleContact('A1')] }), first, never);
    counts.push(state()?.writes);
    await sink.renew(first, never);
    counts.push(state()?.writes);
    const second = await claimOf(sink, { takeOverFrom: first.holder });
    counts.push(state()?.writes);
    expect(counts).toEqual([1, 2, 3, 4]);
    expect(second.epoch).toBe(first.epoch + 1n);
    expect(second.holder).not.toBe(first.holder);
  });

  it('R10 a write under an older claim leaves nothing, and fails as fenced', async () => {
    const [frozen, standby] = [await file.openSink(), await file.openSink()];
    const stale = await claimOf(frozen);
    await claimOf(standby, { takeOverFrom: stale.holder });
    const progress = { ...(await frozen.readState('C1', never)).progress, since: 'x' } as never;
    const batch = batchOf({ contacts: [sampleContact('A1')], progress });
    await expect(frozen.write(batch, stale, never)).rejects.toEqual(fenced);
    await expect(frozen.renew(stale, never)).rejects.toEqual(fenced);
    await frozen.release(stale, never);
    expect(file.query('SELECT count(*) AS n FROM mcall_contacts')).toEqual([{ n: 0 }]);
    expect(state()).toMatchObject({ epoch: 2, progress: null, holder: expect.any(String) });
  });

  it('R11 a process that claims again makes its own write of before harmless', async () => {
    const sink = await file.openSink();
    const before = await claimOf(sink);
    const after = await claimOf(sink, { takeOverFrom: before.holder });
    const batch = batchOf({ contacts: [sampleContact('A1')] });
    await expect(sink.write(batch, before, never)).rejects.toEqual(fenced);
    expect(await sink.write(batch, after, never)).toMatchObject({ inserted: expect.any(Number), updated: 0 });
  });

  it('R13 a lease runs out by the clock of the database alone, and writes prolong it', async () => {
    const [a, b] = [await file.openSink(), await file.openSink()];
    const claim = await claimOf(a, { process });
    const held = await b.claim('C1', 'other', { leaseMs: 1000, process, ...never });
    expect(held).toMatchObject({ granted: false, heldBy: { holder: claim.holder, plan: 'plan', process } });
    file.exec("UPDATE mcall_sync_state SET lease_until = round(unixepoch('subsec') * 1000) + 1000");
    await a.write(batchOf({}), claim, never);
    const [row] = file.query("SELECT lease_until - round(unixepoch('subsec') * 1000) AS ms FROM mcall_sync_state");
    expect(Number(row?.ms)).toBeGreaterThan(30_000);
    file.exec('UPDATE mcall_sync_state SET lease_until = 1');
    expect(await b.claim('C1', 'other', { leaseMs: 1000, process, ...never })).toMatchObject({ granted: true });
  });

  it('R15 campaigns share the tables, each with a lease and progress of its own', async () => {
    const sink = await file.openSink();
    const [one, two] = [await claimOf(sink, { stream: 'C1' }), await claimOf(sink, { stream: 'C2' })];
    const progress = {
      since: null,
      eventsUntil: '2026-03-02T09:00:00.000Z',
      listedFrom: null,
      fullyListedFrom: null,
      inboundUntil: null,
      backfill: null,
      md5Proves: true,
      md5AgreesSince: null,
      plan: null,
    };
    await sink.write(batchOf({ contacts: [sampleContact('A1')], progress }), one, never);
    await sink.write(batchOf({ contacts: [sampleContact('B2')] }), two, never);
    expect((await sink.readState('C1', never)).progress).toEqual(progress);
    expect((await sink.readState('C2', never)).progress).toBeNull();
    await sink.release(one, never);
    expect(file.query('SELECT stream, holder IS NULL AS free FROM mcall_sync_state ORDER BY stream')).toEqual([
      { stream: 'C1', free: 1 },
      { stream: 'C2', free: 0 },
    ]);
  });

  it('R15 campaigns under two prefixes know nothing of each other', async () => {
    const [a, b] = [await file.openSink({ 'table-prefix': 'a_' }), await file.openSink({ 'table-prefix': '' })];
    await a.write(batchOf({ contacts: [sampleContact('A1')] }), await claimOf(a), never);
    const claim = await claimOf(b);
    expect([...(await b.readVersions(claim, ['A1'], never))]).toEqual([]);
    expect(file.query('SELECT (SELECT count(*) FROM a_contacts) AS a, (SELECT count(*) FROM contacts) AS b')).toEqual([
      { a: 1, b: 0 },
    ]);
  });
});
