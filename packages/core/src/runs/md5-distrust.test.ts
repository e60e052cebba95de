import { expect, it } from 'vitest';
import type { Progress } from '../contract/index.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import type { RunEvent } from '../observe/run-events.js';
import { createMd5Distrust } from './md5-distrust.js';

function distrustFrom(progress: Progress) {
  const reported: RunEvent[] = [];
  let commits = 0;
  const keeper = {
    current: progress,
    async commit(change: (recorded: Progress) => Progress) {
      keeper.current = change(keeper.current);
      commits += 1;
    },
  };
  const clock = { ms: 0 };
  const { found, doubt, beginFetchingAll } = createMd5Distrust(
    keeper,
    (event) => reported.push(event),
    () => clock.ms,
  );
  /** Reads a listing that fetches all, with such changes meanwhile. */
  const list = async (meanwhile: readonly string[] = []) => {
    const listing = beginFetchingAll();
    if (meanwhile.length > 0) await found(meanwhile);
    const now = new Date(clock.ms).toISOString();
    await keeper.commit((recorded) => listing.end(recorded, now, now));
  };
  return { distrust: found, doubt, keeper, reported, commits: () => commits, clock, list };
}

it('R8 records once that md5s prove nothing, and warns with the contact', async () => {
  const { distrust, keeper, reported, commits } = distrustFrom(NO_PROGRESS);
  await distrust(['A1', 'B2']);
  await distrust(['C3']);
  expect(keeper.current).toMatchObject({ md5Proves: false, md5AgreesSince: null });
  expect(commits()).toBe(1);
  expect(reported).toEqual([expect.objectContaining({ code: 'API_MD5_UNRELIABLE', level: 'warn' })]);
  expect(reported[0]).toMatchObject({ message: expect.stringContaining('A1') });
});

it('R8 begins the day again after which md5s prove again, without another warning', async () => {
  const agreeing = { ...NO_PROGRESS, md5Proves: false, md5AgreesSince: '2026-01-01T00:00:00.000Z' };
  const { distrust, keeper, reported } = distrustFrom(agreeing);
  await distrust(['A1']);
  expect(keeper.current.md5AgreesSince).toBeNull();
  expect(reported).toEqual([]);
});

it('R10 doubts md5s after a restore without a warning, until one listing finds no change below them', async () => {
  const { doubt, keeper, reported, list } = distrustFrom(NO_PROGRESS);
  await doubt();
  expect(keeper.current.md5Proves).toBe(false);
  await list(['A1']);
  expect(keeper.current.md5Proves).toBe(false);
  await list();
  expect(keeper.current).toEqual(NO_PROGRESS);
  expect(reported).toEqual([]);
});

it('R10 ends the doubts after a restore with the first clean listing of a later claim', async () => {
  const { doubt, keeper } = distrustFrom(NO_PROGRESS);
  await doubt();
  const later = distrustFrom(keeper.current);
  later.clock.ms = Date.parse('2026-01-01');
  await later.list();
  expect(later.keeper.current).toEqual(NO_PROGRESS);
});

const HOUR_MS = 3_600_000;

it('R8 trusts md5s again after one listing that finds no further change, since another program changed the rows', async () => {
  const { distrust, keeper, list } = distrustFrom(NO_PROGRESS);
  await distrust(['A1', 'B2']);
  await distrust(['C3']);
  await list();
  expect(keeper.current).toEqual(NO_PROGRESS);
});

it('R8 trusts md5s again after the first listing that finds none, where others found the rest of what was changed', async () => {
  const { distrust, keeper, list, reported } = distrustFrom(NO_PROGRESS);
  await distrust(['A1']);
  await list(['B2', 'C3']);
  expect(keeper.current).toMatchObject({ md5Proves: false, md5AgreesSince: null });
  await list();
  expect(keeper.current).toEqual(NO_PROGRESS);
  expect(reported).toHaveLength(1);
});

it('R8 needs a day of agreement where another change comes within a day', async () => {
  const { distrust, keeper, list, clock } = distrustFrom(NO_PROGRESS);
  await distrust(['A1']);
  await list();
  clock.ms += 23 * HOUR_MS;
  await distrust(['B2']);
  await list();
  expect(keeper.current).toMatchObject({ md5Proves: false, md5AgreesSince: expect.any(String) });
  clock.ms += 25 * HOUR_MS;
  await list();
  expect(keeper.current).toEqual(NO_PROGRESS);
});

it('R8 needs a day of agreement where an earlier claim found the change', async () => {
  const { keeper, list } = distrustFrom({ ...NO_PROGRESS, md5Proves: false });
  await list();
  expect(keeper.current).toMatchObject({ md5Proves: false, md5AgreesSince: expect.any(String) });
});
