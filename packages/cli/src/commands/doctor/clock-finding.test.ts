import { expect, it } from 'vitest';
import { clockFinding } from './clock-finding.js';

const DATE = 'Mon, 02 Mar 2026 08:00:00 GMT';
const AT = Date.parse(DATE);

it.each([
  ['agrees', 500, 'pass', 'agrees'],
  ['is behind within what an answer takes', -20_000, 'pass', 'agrees'],
  ['is ahead', 91_000, 'warn', '90 s ahead of'],
  ['is behind', -3_600_000, 'warn', '3600 s behind'],
])('a clock that %s', (_, offMs, level, words) => {
  const found = clockFinding(DATE, { sentMs: AT + offMs, receivedMs: AT + offMs });
  expect(found).toMatchObject({ check: 'clock', level, what: expect.stringContaining(words) });
  expect(found.remedy === undefined).toBe(level === 'pass');
});

it.each([undefined, 'yesterday'])('cannot be checked by the date %j', (date) => {
  expect(clockFinding(date, { sentMs: AT, receivedMs: AT }).level).toBe('not-checked');
});
