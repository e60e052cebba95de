import { expect, it } from 'vitest';
import { parseDuration } from './duration.js';

it.each([
  ['30d', 30 * 86_400_000],
  ['12h', 12 * 3_600_000],
  ['90m', 90 * 60_000],
  ['0d', 0],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each(['', '30', 'd', '1w', '-1d', '1.5d', '999999d', ' 1d'])('takes no %j', (text) => {
  expect(parseDuration(text)).toBeNull();
});
