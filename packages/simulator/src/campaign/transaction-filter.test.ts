import { describe, expect, it } from 'vitest';
import { parseFilter, passes } from './transaction-filter.js';

const passed = (query: string, transaction: object) => {
  const filter = parseFilter(new URLSearchParams(query));
  if (!filter) throw new Error('No filter.');
  return passes({ ...transaction }, filter);
};

describe('transaction filter', () => {
  const person = { type: 'update', user: 'Agent 1', status_detail: 'x', task: 'fc_lead' };

  it.each([
    ['', {}, true],
    ['type=update', person, true],
    ['type=update', { ...person, type: 'move' }, false],
    ['type=update', { ...person, type: null }, true],
    ['hi=true', person, true],
    ['hi=true', { ...person, user: null }, false],
    ['hi=true', { ...person, user: '' }, true],
    ['hi=true', { type: 'update' }, false],
    ['hi=true', { ...person, status_detail: '$assigned' }, false],
    ['tasks=qc_,fc_', person, true],
    ['tasks=qc_', person, false],
    ['tasks=qc_', { ...person, task: undefined }, true],
    ['tasks=%22qc_%22, fc_ ,', person, true],
    ['tasks=,', person, true],
    ['fm=updates_only', { ...person, type: 'move' }, false],
    ['fm=updates_only', { ...person, user: null }, true],
    ['fm=hi_updates_only', { ...person, user: null }, false],
    ['fm=hi_updates_only&fp=fc_', person, true],
    ['fp=qc_', person, false],
  ])('%s and %j: %s', (query, transaction, wanted) => expect(passed(query, transaction)).toBe(wanted));

  it('knows no other mode', () => expect(parseFilter(new URLSearchParams('fm=all_updates'))).toBeUndefined());
});
