import { expect, it } from 'vitest';
import { textTable } from './text-table.js';

it('sets texts on the left and numbers on the right', () => {
  const rows = [
    ['contacts', 20_000],
    ['a\nb', 5],
  ] as const;
  expect(textTable(['TABLE', 'ROWS'], rows)).toEqual([
    'TABLE      ROWS',
    '--------  -----',
    'contacts  20000',
    'a\\nb          5',
  ]);
});

it('has a head without rows', () => {
  expect(textTable(['A', 'B'], [])).toEqual(['A  B', '-  -']);
});
