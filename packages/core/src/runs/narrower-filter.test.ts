import { describe, expect, it } from 'vitest';
import type { TransactionFilter } from '../records/transaction-filter.js';
import { filterOfPlan } from '../records/transaction-filter.js';
import { leavesOut } from './narrower-filter.js';

const filter = (mode: TransactionFilter['mode'], ...prefixes: string[]): TransactionFilter => ({ mode, prefixes });

describe('a filter leaves out what the one before let in', () => {
  it.each([
    [filter('updates_only'), filter('all'), true],
    [filter('hi_updates_only'), filter('updates_only'), true],
    [filter('all'), filter('hi_updates_only'), false],
    [filter('all', 'fc_'), filter('all'), true],
    [filter('all'), filter('all', 'fc_'), false],
    [filter('all', 'fc_'), filter('all', 'fc_', 'qc_'), true],
    [filter('all', 'fc_first'), filter('all', 'fc_'), true],
    [filter('all', 'fc_', 'qc_'), filter('all', 'fc_first'), false],
  ])('%j after %j: %s', (now, before, expected) => {
    expect(leavesOut(now, before)).toBe(expected);
  });
});

it('reads the filter back from a plan', () => {
  const plan = 'filter=updates_only prefixes=fc_,qc_ columns=native fields=100';
  expect(filterOfPlan(plan)).toEqual(filter('updates_only', 'fc_', 'qc_'));
  expect(filterOfPlan('filter=all prefixes=')).toEqual(filter('all'));
  expect(filterOfPlan('filter=all prefixes= columns=native')).toEqual(filter('all'));
  expect(filterOfPlan('another plan')).toBeNull();
});
