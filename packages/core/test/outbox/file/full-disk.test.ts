import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contactWith, createOutboxFile, failureAt, type OutboxFile } from '../../../../../test/harness/outbox-file.ts';
import { never } from '../../../../../test/harness/sqlite-file.ts';
import { type Ballast, createBallast } from '../../../src/outbox/file/reserve-file.ts';
import { createOutboxOver } from '../../../src/outbox/outbox.ts';

/** A disk with room for some pages of the file, and for the ballast, which stands for 64 pages. */
interface SmallDisk {
  fill(): void;
  free(): void;
  readonly hasBallast: boolean;
}

const BALLAST_PAGES = 64;
const { exec } = DatabaseSync.prototype;

let file: OutboxFile;
let disk: SmallDisk;
beforeEach(() => {
  const connections = watchConnections();
  let room = Number.POSITIVE_INFINITY;
  let hasBallast = false;
  const limit = () => {
    for (const db of connections) if (db.isOpen) limitPages(db, room);
  };
  const ballast: Ballast = {
    async restore() {
      if (!hasBallast && room < 2 * BALLAST_PAGES) throw fullError();
      if (!hasBallast) room -= BALLAST_PAGES;
      hasBallast = true;
      limit();
    },
    release() {
      if (!hasBallast) return false;
      hasBallast = false;
      room += BALLAST_PAGES;
      limit();
      return true;
    },
    get isMissing() {
      return !hasBallast;
    },
  };
  file = createOutboxFile((options) => createOutboxOver(options, ballast));
  disk = {
    fill: () => {
      room = 0;
      limit();
    },
    free: () => {
      room = 100_000;
      limit();
    },
    get hasBallast() {
      return hasBallast;
    },
  };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await file[Symbol.asyncDispose]();
});

const manyContacts = (prefix: string) =>
  Array.from({ length: 200 }, (_, nr) => contactWith(`${prefix}${nr}`, 'a', 'b'));
const full = { code: 'OUTBOX_FULL', verdict: 'retryable', outcome: 'not-committed' };

describe('R30 on a full disk', () => {
  it('R30 nothing is queued, and nothing of the batch is there: neither its versions nor its progress', async () => {
    const { write, store, claim } = await file.hold();
    await write({ contacts: manyContacts('A') });
    disk.fill();
    await expect(write({ contacts: manyContacts('B') })).rejects.toMatchObject(full);
    expect(await store.readVersions(claim, ['B1'], never)).toEqual(new Map());
    expect(file.query('SELECT count(*) AS n FROM messages')).toMatchObject([{ n: 400 }]);
  });

  it('R30 what waits is delivered in the room of the ballast, and queueing goes on when that could be made again', async () => {
    const { write, take, settle, drain } = await file.hold();
    await write({ contacts: manyContacts('A') });
    disk.fill();
    await expect(write({ contacts: manyContacts('B') })).rejects.toMatchObject(full);
    expect(disk.hasBallast).toBe(false);
    await expect(write({ contacts: [contactWith('C1', 'a')] })).rejects.toMatchObject(full);
    const [first] = await take(1);
    const failure = failureAt(0, 'HTTP 500', 'x'.repeat(2_000));
    await settle({ id: first?.id ?? '', outcome: 'failed', dueMs: 0, failure });
    expect(await drain()).toHaveLength(400);
    await expect(write({ contacts: [contactWith('C1', 'a')] })).rejects.toMatchObject(full);
    disk.free();
    expect(await write({ contacts: manyContacts('B') })).toMatchObject({ inserted: 400 });
    expect(disk.hasBallast).toBe(true);
  });

  it('R30 deliveries free the ballast themselves where they are the first to find no room', async () => {
    const { write, take, settle } = await file.hold();
    await write({ contacts: manyContacts('A') });
    disk.fill();
    const taken = await take(200);
    const failure = failureAt(0, 'x'.repeat(4_000));
    const outcomes = taken.map(({ id }) => ({ id, outcome: 'failed', dueMs: 0, failure }) as const);
    await settle(...outcomes.slice(0, 40));
    expect(disk.hasBallast).toBe(false);
    expect(file.query('SELECT count(*) AS n FROM messages WHERE attempts = 1')).toMatchObject([{ n: 40 }]);
  });

  it('R30 nothing is handed out where the mark cannot be written', async () => {
    const { write, take, claim, store } = await file.hold();
    await write({ contacts: manyContacts('A') });
    disk.fill();
    await expect(write({ contacts: manyContacts('B') })).rejects.toMatchObject(full);
    disk.fill();
    refuseCommits();
    await expect(take()).rejects.toMatchObject(full);
    vi.restoreAllMocks();
    expect(file.query('SELECT count(*) AS n FROM messages WHERE state IS NOT NULL')).toMatchObject([{ n: 0 }]);
    await store.renew(claim, never);
  });

  it('R30 a replay waits for room, and neither deliveries nor other acts wait for it', async () => {
    const { write, take, accept, drain, queue, claim, control } = await file.hold({ keepAcceptedMs: 86_400_000 });
    await write({ contacts: manyContacts('A') });
    await accept(...(await take(10)));
    const by = { by: 'ada', ...never };
    await control.ask('C1', { act: 'replay', sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER }, by);
    await control.ask('C1', { act: 'retry', selection: { all: true } }, by);
    file.clock.nowMs += 1_000;
    disk.fill();
    await expect(write({ contacts: manyContacts('B') })).rejects.toMatchObject(full);
    expect(await queue.obey(claim, never)).toMatchObject({ finished: { act: { act: 'retry' } }, isMore: true });
    expect(await queue.obey(claim, never)).toMatchObject({ finished: null, isMore: false });
    expect(await drain()).toHaveLength(390);
    disk.free();
    // The bodies of accepted messages went for the room.
    expect(await queue.obey(claim, never)).toMatchObject({ finished: { act: { act: 'replay' }, gone: 10 } });
  });

  it('R30 what takes no room is written: dead letters are dropped, and a lease is kept', async () => {
    const { write, store, claim } = await file.hold();
    await write({ contacts: manyContacts('A') });
    disk.fill();
    await expect(write({ contacts: manyContacts('B') })).rejects.toMatchObject(full);
    await write({ settled: ['some-letter'] });
    await store.renew(claim, never);
  });
});

describe('the ballast', () => {
  it('is a file of its size, made once, and gone when it is released', async () => {
    const path = `${file.file}-ballast`;
    const ballast = createBallast(path, 3_000_000);
    await ballast.restore(never);
    expect(statSync(path).size).toBe(3_000_000);
    const { mtimeMs } = statSync(path);
    await ballast.restore(never);
    await createBallast(path, 3_000_000).restore(never);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
    expect([ballast.release(), existsSync(path), ballast.release()]).toEqual([true, false, false]);
    await ballast.restore(never);
    expect(statSync(path).size).toBe(3_000_000);
  });

  it('is released by a process that did not make it', async () => {
    const path = `${file.file}-ballast`;
    await createBallast(path, 1_000).restore(never);
    expect(createBallast(path, 1_000).release()).toBe(true);
  });

  it('is not begun where its room is not free twice', async () => {
    const path = `${file.file}-ballast`;
    await expect(createBallast(path, 2 ** 52).restore(never)).rejects.toMatchObject({
      ...full,
      message: expect.stringContaining('8589934592 MiB'),
    });
    expect(existsSync(path)).toBe(false);
  });

  it('leaves no part where its making was aborted', async () => {
    const path = `${file.file}-ballast`;
    const ballast = createBallast(path, 1_000_000);
    await expect(ballast.restore({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(existsSync(path)).toBe(false);
  });
});

/** The connections that are opened from now on. */
function watchConnections(): ReadonlySet<DatabaseSync> {
  const connections = new Set<DatabaseSync>();
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, text: string) {
    connections.add(this);
    return exec.call(this, text);
  });
  return connections;
}

/** SQLite says that the disk is full when the file would have more pages than this. */
function limitPages(db: DatabaseSync, room: number): void {
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  const most = Number.isFinite(room) ? pages + room : 4_294_967_294;
  db.prepare(`PRAGMA max_page_count = ${most}`).get();
}

function refuseCommits(): void {
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, text: string) {
    if (text === 'COMMIT') throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    return exec.call(this, text);
  });
}

function fullError(): Error {
  return Object.assign(new Error('no room'), { errcode: 13 });
}
