import { expect, it } from 'vitest';
import { createRepeatedLetters } from './repeated-letters.js';

it('tells a dead letter ever more rarely while it fails', () => {
  const letters = createRepeatedLetters();
  const reported = Array.from({ length: 20 }, (_, index) => (letters.isWorthTelling('k') ? index + 1 : 0));
  expect(reported.filter(Boolean)).toEqual([1, 2, 4, 8, 16]);
  expect(letters.isWorthTelling('other')).toBe(true);
});

it('remembers no more than its limit', () => {
  const letters = createRepeatedLetters(2);
  const reported = ['a', 'a', 'a', 'b', 'c', 'a'].map((key) => letters.isWorthTelling(key));
  expect(reported).toEqual([true, true, false, true, true, true]);
});
