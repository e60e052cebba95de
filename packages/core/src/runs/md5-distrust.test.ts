import { expect, it } from 'vitest';
import type { Progress } from '../contract/index.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import type { RunEvent } from '../observe/run-events.js';
import { createMd5Distrust } from './md5-distrust.js';

function distrustFrom(progress: Progress) {
  const told: RunEvent[] = [];
  let commits = 0;
  const keeper = {
    current: progress,
    async commit(change: (recorded: Progress) => Progress) {
      keeper.current = change(keeper.current);
      commits += 1;
    },
  };
  const distrust = createMd5Distrust(keeper, (event) => told.push(event));
  return { distrust, keeper, told, commits: () => commits };
}

it('R8 records once that md5s prove nothing, and warns with the contact', async () => {
  const { distrust, keeper, told, commits } = distrustFrom(NO_PROGRESS);
  await distrust(['A1', 'B2']);
  await distrust(['C3']);
  expect(keeper.current).toMatchObject({ md5Proves: false, md5AgreesSince: null });
  expect(commits()).toBe(1);
  expect(told).toEqual([expect.objectContaining({ code: 'API_MD5_UNRELIABLE', level: 'warn' })]);
  expect(told[0]).toMatchObject({ message: expect.stringContaining('A1') });
});

it('R8 begins the day anew after which md5s prove again, without another warning', async () => {
  const agreeing = { ...NO_PROGRESS, md5Proves: false, md5AgreesSince: '2026-01-01T00:00:00.000Z' };
  const { distrust, keeper, told } = distrustFrom(agreeing);
  await distrust(['A1']);
  expect(keeper.current.md5AgreesSince).toBeNull();
  expect(told).toEqual([]);
});
