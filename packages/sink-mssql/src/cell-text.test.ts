import type { Storage } from '@dbsync/sql';
import { expect, it } from 'vitest';
import { cellText } from './cell-text.js';

const TEXT: Storage = { holds: 'text', maxLength: null, lengthIn: 'utf16-units', lacks: null, replacement: '' };
const INSTANT: Storage = { holds: 'instant', minYear: 1, maxYear: 9999, fractionDigits: 3 };
const NUMBER: Storage = { holds: 'number', integerDigits: 28, fractionDigits: 10 };

it.each([
  [null, NUMBER, null],
  ['', TEXT, ''],
  ['2026-01-02T03:04:05.678Z', TEXT, '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04:05.678Z', INSTANT, '2026-01-02T03:04:05.678'],
  [true, { holds: 'boolean' } as const, '1'],
  [false, { holds: 'boolean' } as const, '0'],
  [1.5, NUMBER, '1.5'],
  [-0.1, NUMBER, '-0.1'],
  [1e-7, NUMBER, '0.0000001'],
  [-1.25e-9, NUMBER, '-0.00000000125'],
  [1e21, NUMBER, '1000000000000000000000'],
  [-1.25e23, NUMBER, '-125000000000000000000000'],
  ['12345678901234567890.10', NUMBER, '12345678901234567890.10'],
])('%j is %j', (cell, storage, text) => {
  expect(cellText(cell, storage)).toBe(text);
});
