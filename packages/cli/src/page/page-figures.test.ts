import { expect, it } from 'vitest';
import { groupedCount, meanSpanOf, shareOf, spanOf } from './page-figures.js';

const plain = (text: string) => text.replaceAll('\u202f', '_').replaceAll('\u00a0', ' ');

it('writes numbers in groups of three digits, without a separator of any country', () => {
  expect([0, 999, 1000, 1_234_567].map((count) => plain(groupedCount(count)))).toEqual([
    '0',
    '999',
    '1_000',
    '1_234_567',
  ]);
});

it('writes shares, and a dash where there is no whole', () => {
  expect([shareOf(1, 3), shareOf(0, 5), shareOf(0, 0)].map(plain)).toEqual(['33 %', '0 %', '–']);
});

it('writes spans with two units, and means', () => {
  expect([0, 59.4, 59.6, 3_599, 3_599.6, 4_338_300].map((seconds) => plain(spanOf(seconds)))).toEqual([
    '0 s',
    '59 s',
    '1 min 00 s',
    '59 min 59 s',
    '1 h 00 min',
    '1_205 h 05 min',
  ]);
  expect([meanSpanOf(100, 4), meanSpanOf(0, 0)].map(plain)).toEqual(['25 s', '–']);
});
