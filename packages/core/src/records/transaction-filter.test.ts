import { describe, expect, it } from 'vitest';
import type { Fields } from '../contract/index.js';
import { passesFilter } from './transaction-filter.js';

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
