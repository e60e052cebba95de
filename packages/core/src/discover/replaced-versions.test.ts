import { expect, it } from 'vitest';
import { createReplacedVersions } from './replaced-versions.js';

const HOUR_MS = 3_600_000;

it('R5 knows the md5s that were stored before the newest one', () => {
  const replaced = createReplacedVersions(() => 0);
  replaced.committed('C1', 'm1', null, true);
  replaced.committed('C1', 'm2', 'm1', true);
  replaced.committed('C1', 'm3', 'm1', true);
  expect(['m1', 'm2', 'm3', 'm4', null].map((md5) => replaced.has('C1', md5))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(replaced.has('C2', 'm1')).toBe(false);
});

it('R5 forgets what it knew of a contact when an older version was believed after all, or one has no md5', () => {
  const replaced = createReplacedVersions(() => 0);
  replaced.committed('C1', 'm2', 'm1', true);
  replaced.committed('C1', 'm1', 'm2', true);
  expect(['m1', 'm2'].map((md5) => replaced.has('C1', md5))).toEqual([false, false]);
  replaced.committed('C1', 'm3', 'm1', true);
  replaced.committed('C1', null, 'm3', true);
  expect(replaced.has('C1', 'm1')).toBe(false);
});

it('R5 takes nothing for replaced by a body that may be the older one', () => {
  const replaced = createReplacedVersions(() => 0);
  replaced.committed('C1', 'm1', 'm2', false);
  expect(replaced.has('C1', 'm2')).toBe(false);
  replaced.committed('C2', 'm2', 'm1', true);
  replaced.committed('C2', 'm0', 'm2', false);
  expect(['m0', 'm1', 'm2'].map((md5) => replaced.has('C2', md5))).toEqual([false, true, false]);
});

it('forgets contacts after an hour, or when there are too many', () => {
  let now = 0;
  const replaced = createReplacedVersions(() => now);
  replaced.committed('C1', 'm2', 'm1', true);
  now = HOUR_MS / 2;
  replaced.committed('C2', 'm2', 'm1', true);
  expect(replaced.has('C1', 'm1')).toBe(true);
  now = HOUR_MS;
  replaced.committed('C3', 'm2', 'm1', true);
  expect(['C1', 'C2', 'C3'].map((id) => replaced.has(id, 'm1'))).toEqual([false, true, true]);
  for (let nr = 0; nr < 50_000; nr++) replaced.committed(`D${nr}`, 'm2', 'm1', true);
  expect(['C2', 'D0', 'D49999'].map((id) => replaced.has(id, 'm1'))).toEqual([false, false, true]);
});

it('R5 forgets what it knew of a contact when two listings, minutes apart, name a replaced version', () => {
  const MINUTE_MS = 60_000;
  let now = 0;
  const replaced = createReplacedVersions(() => now);
  const listedAt = (minute: number, md5: string) => {
    now = minute * MINUTE_MS;
    replaced.listed('C1', md5);
    return replaced.has('C1', 'm2');
  };
  replaced.committed('C1', 'm2', 'm1', true);
  replaced.committed('C1', 'm0', 'm2', true);
  expect([listedAt(0, 'm2'), listedAt(1, 'm2'), listedAt(5, 'm0'), listedAt(6, 'm2'), listedAt(9, 'm2')]).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(listedAt(10, 'm2')).toBe(false);
  expect(replaced.has('C1', 'm1')).toBe(false);
});
