import { expect, it } from 'vitest';
import { createKnownLines } from './known-lines.js';

it('R5 knows whole lines only, and only those that it was asked to remember', () => {
  const known = createKnownLines();
  known.remember(['key|md5|C1|6,166']);
  expect(known.has('key|md5|C1|6,166')).toBe(true);
  expect(known.has('key|md5|C1')).toBe(false);
  expect(known.has('key|other|C1|6,166')).toBe(false);
});

it('forgets the older half rather than grow', () => {
  const known = createKnownLines(2);
  known.remember(['a', 'b', 'c', 'd', 'e']);
  expect(['a', 'b', 'c', 'd', 'e'].map((line) => known.has(line))).toEqual([false, false, true, true, true]);
});
