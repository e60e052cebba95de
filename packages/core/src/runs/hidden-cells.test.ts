import { expect, it } from 'vitest';
import type { CellDifference } from '../contract/index.js';
import { createFieldRules } from '../transform/create-field-rules.js';
import { hiddenCells } from './hidden-cells.js';
import type { VerifyDesk } from './verify-desk.js';

const fields = createFieldRules({ exclude: ['$phone', 'secret*'], hash: ['email'], key: 'k'.repeat(32) });

function shownOf(cell: Partial<CellDifference>, rules = fields) {
  const whole = { name: 'c', field: 'c', expected: null, stored: null, ...cell };
  const desk = { settings: { fields: rules } as VerifyDesk['settings'], show: (value: string) => value.slice(0, 12) };
  const row = { kind: 'contacts', id: 'A1', contactId: 'A1', version: '1', cells: [whole] } as const;
  const [found] = hiddenCells(desk, row).cells;
  return [found?.expected, found?.stored];
}

it('a stored value of a field that the rules leave out or hash is not shown, and every value is shortened', () => {
  expect(shownOf({ field: '$phone', stored: '+49 30 1234' })).toEqual([null, '(not shown)']);
  expect(shownOf({ field: 'email', expected: 'ab'.repeat(32), stored: 'ada@example.com' })).toEqual([
    'abababababab',
    '(not shown)',
  ]);
  expect(shownOf({ field: '$status', expected: 'success, and more', stored: 'open' })).toEqual([
    'success, and',
    'open',
  ]);
  expect(shownOf({ field: '$phone', stored: null })).toEqual([null, null]);
});

it('a stored value that may hold such a field within it is not shown', () => {
  expect(shownOf({ name: '$overflow', field: null, stored: 'secret=1' })[1]).toBe('(not shown)');
  expect(shownOf({ name: '$overflow', field: 'data', stored: '{"secret":1}' })[1]).toBe('(not shown)');
  expect(shownOf({ name: '$overflow', field: 'secret1', stored: 'x' })[1]).toBe('(not shown)');
  expect(shownOf({ name: '$overflow', field: 'other', stored: 'x' })[1]).toBe('x');
  expect(shownOf({ name: '$overflow', field: null, stored: 'plain' }, null)[1]).toBe('plain');
});
