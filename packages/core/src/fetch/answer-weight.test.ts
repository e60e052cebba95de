import { expect, it } from 'vitest';
import { isTooHeavy } from './answer-weight.js';

const MEGABYTE = 1 << 20;

it.each(['[],', '{},', '{"a":1},', '['])('a text of 16 MB made of %s is too heavy', (piece) => {
  expect(isTooHeavy(piece.repeat((16 * MEGABYTE) / piece.length))).toBe(true);
});

it('a short text is not, nor is a long one whose marks lie within texts', () => {
  expect(isTooHeavy('[],'.repeat(100_000))).toBe(false);
  const marks = '[{,\\"'.repeat(MEGABYTE);
  expect(isTooHeavy(`["${marks}","${marks}\\\\"]`)).toBe(false);
});

it('55,000 records of 300 bytes are not', () => {
  const values = Array.from({ length: 15 }, (_, nr) => `"name ${nr}":"value ${nr}"`);
  expect(isTooHeavy(`[${`{${values}},`.repeat(55_000)}1]`)).toBe(false);
});
