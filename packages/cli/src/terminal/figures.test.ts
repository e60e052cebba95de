import { expect, it } from 'vitest';
import { formatCounted, formatDuration, perSecond } from './figures.js';

it.each([
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [400, '0.4 s'],
  [59_900, '59.9 s'],
  [59_990, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [12_000_000, '3 h 20 min'],
  [86_400_000, '1 d'],
  [176_400_000, '2 d 1 h'],
])('%i ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('counts with a noun', () => {
  expect(formatCounted(1, 'contact')).toBe('1 contact');
  expect(formatCounted(20_000, 'contact')).toBe('20,000 contacts');
});

it('has no rate without time', () => {
  expect(perSecond(10, 0)).toBe(0);
  expect(perSecond(10, 500)).toBe(20);
});
