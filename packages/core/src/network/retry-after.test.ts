import { expect, it } from 'vitest';
import { httpDateMs, retryAfterMs } from './retry-after.js';

const NOW = Date.parse('1994-11-06T08:49:00.000Z');

it.each([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['1.5', 1_500],
  ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 1994', 37_000],
  ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
])('reads %j', (value, ms) => {
  expect(retryAfterMs(value, NOW)).toBe(ms);
});

it.each([
  undefined,
  '',
  '-1',
  'soon',
  '5 minutes',
  '0x10',
  '1e3',
  '1994-11-06T08:49:37Z',
  'Sun, 06 Nov 1994 08:49:37 +0200',
  'Sun, 99 Nov 1994 08:49:37 GMT',
  'Sun, 06 Abc 1994 08:49:37 GMT',
])('is not taken in by %j', (value) => {
  expect(retryAfterMs(value, NOW)).toBeNull();
});

it('reads dates as UTC, whatever zone the machine is in', () => {
  expect(httpDateMs('Sun Nov  6 08:49:37 1994')).toBe(httpDateMs('Sun, 06 Nov 1994 08:49:37 GMT'));
});
