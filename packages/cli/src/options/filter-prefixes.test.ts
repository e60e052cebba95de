import { expect, it } from 'vitest';
import { parseFilterPrefixes } from './filter-prefixes.js';

it.each([
  ['fc_,qc_', ['fc_', 'qc_']],
  [' fc_ , , qc_,', ['fc_', 'qc_']],
  ["'fc_,qc_'", ['fc_', 'qc_']],
  ['"fc_", \'qc_\'', ['fc_', 'qc_']],
  ["' fc_'", ['fc_']],
  ['', []],
  ["''", []],
])('%j is %j', (text, prefixes) => {
  expect(parseFilterPrefixes(text)).toEqual(prefixes);
});
