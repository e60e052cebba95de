import { expect, it } from 'vitest';
import { parseKeepLogs } from './keep-logs.js';

const DAY_MS = 86_400_000;

it.each([
  [null, { maxAgeMs: 90 * DAY_MS, maxFiles: 100, maxBytes: 1024 ** 3 }],
  ['30d', { maxAgeMs: 30 * DAY_MS, maxFiles: 100, maxBytes: 1024 ** 3 }],
  ['20, 500MB ,7d', { maxAgeMs: 7 * DAY_MS, maxFiles: 20, maxBytes: 500 * 1024 ** 2 }],
  ['0', { maxAgeMs: 90 * DAY_MS, maxFiles: 0, maxBytes: 1024 ** 3 }],
  ['all', { maxAgeMs: Infinity, maxFiles: Infinity, maxBytes: Infinity }],
])('reads %j', (text, retention) => {
  expect(parseKeepLogs(text)).toEqual(retention);
});

it.each(['', 'none', '10,20', '1TB', '-1', '5d,', 'all,3'])('refuses %j', (text) => {
  expect(() => parseKeepLogs(text)).toThrow('--keep-logs takes age, number and size, such as 90d,100,1GB, or all.');
});
