import { expect, it } from 'vitest';
import { createSeenCursors } from './seen-cursors.js';

it('a cursor is new once, and again after a hundred thousand others', () => {
  const seen = createSeenCursors();
  expect(seen.add('first')).toBe(true);
  expect(seen.add('first')).toBe(false);
  for (let nr = 0; nr < 100_000; nr++) seen.add(`cursor ${nr}`);
  expect(seen.add('first')).toBe(true);
});
