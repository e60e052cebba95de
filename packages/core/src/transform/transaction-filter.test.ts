import { describe, expect, it } from 'vitest';
import type { Fields } from '../contract/index.js';
import { parseFilterMode, parseFilterPrefixes, passesFilter } from './transaction-filter.js';

const HI: Fields = { type: 'update', user: 'agent.1', status_detail: 'reached', task: 'fc_first' };

describe('passesFilter', () => {
  it.each([
    ['all', { type: 'other' }, true],
    ['updates_only', { type: 'update' }, true],
    ['updates_only', { type: 'system' }, false],
    ['updates_only', {}, true],
    ['updates_only', { type: null }, true],
    ['hi_updates_only', HI, true],
    ['hi_updates_only', { ...HI, type: 'system' }, false],
    ['hi_updates_only', { ...HI, user: null }, false],
    ['hi_updates_only', { type: 'update' }, false],
    ['hi_updates_only', { ...HI, status_detail: '$assigned' }, false],
    ['hi_updates_only', { ...HI, status_detail: null }, true],
  ] as const)('%s: %j passes: %s', (mode, transaction, passes) => {
    expect(passesFilter(transaction, { mode, prefixes: [] })).toBe(passes);
  });

  it('compares the beginning of the task with each prefix', () => {
    const filter = { mode: 'all', prefixes: ['qc_', 'fc_'] } as const;
    expect(passesFilter({ task: 'fc_first' }, filter)).toBe(true);
    expect(passesFilter({ task: 'xfc_first' }, filter)).toBe(false);
    expect(passesFilter({}, filter)).toBe(true);
    expect(passesFilter({ task: null }, filter)).toBe(true);
  });
});

describe('parseFilterMode', () => {
  it('knows the modes of the command line', () => {
    expect(['updates_only', ' hi_updates_only ', "'updates_only'", '', null].map(parseFilterMode)).toEqual([
      'updates_only',
      'hi_updates_only',
      'updates_only',
      'all',
      'all',
    ]);
  });

  it('refuses an unknown one', () => {
    expect(() => parseFilterMode('update_only')).toThrow(expect.objectContaining({ code: 'FILTER_MODE_UNKNOWN' }));
  });
});

describe('parseFilterPrefixes', () => {
  it.each([
    ['fc_,qc_', ['fc_', 'qc_']],
    [' fc_ ,, qc_ ,', ['fc_', 'qc_']],
    ["'fc_,qc_'", ['fc_', 'qc_']],
    [`"fc_","qc_"`, ['fc_', 'qc_']],
    ['', []],
    [null, []],
  ])('%j is %j', (text, prefixes) => {
    expect(parseFilterPrefixes(text)).toEqual(prefixes);
  });
});
