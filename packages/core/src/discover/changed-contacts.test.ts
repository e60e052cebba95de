import { expect, it } from 'vitest';
import { mustFetch } from './changed-contacts.js';

const listed = { id: 'C1', md5: 'new' };
const rules = { md5Proves: true, retryRefused: false };

it('fetches what the store has not proved under this md5', () => {
  expect(mustFetch(listed, undefined, rules)).toBe(true);
  expect(mustFetch(listed, { md5: 'old', refused: false }, rules)).toBe(true);
  expect(mustFetch(listed, { md5: 'new', refused: false }, rules)).toBe(false);
  expect(mustFetch({ id: 'C1', md5: null }, { md5: 'new', refused: false }, rules)).toBe(true);
});

it('R8 fetches all where an equal md5 proves nothing', () => {
  expect(mustFetch(listed, { md5: 'new', refused: false }, { ...rules, md5Proves: false })).toBe(true);
});

it('R22 skips an entry with the md5 of its dead letter, R6 but not once a day', () => {
  const refused = { md5: 'new', refused: true };
  expect(mustFetch(listed, refused, { ...rules, md5Proves: false })).toBe(false);
  expect(mustFetch(listed, refused, { ...rules, retryRefused: true })).toBe(true);
  expect(mustFetch(listed, { md5: 'old', refused: true }, rules)).toBe(true);
});
