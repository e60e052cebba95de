import { expect, it } from 'vitest';
import { createRetrySchedule, type RetryCandidate } from './retry-schedule.js';

const MINUTE_MS = 60_000;
const letters = (count: number, attempts = 1) =>
  Array.from({ length: count }, (_, nr) => ({ key: `k${nr}`, attempts }));
const keysOf = (chosen: readonly RetryCandidate[]) => chosen.map(({ key }) => key);

function schedule() {
  let nowMs = 0;
  const { choose } = createRetrySchedule(() => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const due = (all: readonly RetryCandidate[]) => keysOf(choose(all, { most: 100, few: 0, isWhole: true }));
  return { choose, due, pass };
}

it('R22 tries a dead letter again after five minutes, then after twice as long each time, and once a day at least', () => {
  const { due, pass } = schedule();
  expect(due(letters(1))).toEqual(['k0']);
  pass(4 * MINUTE_MS);
  expect(due(letters(1))).toEqual([]);
  pass(MINUTE_MS);
  expect(due(letters(1, 2))).toEqual(['k0']);
  pass(9 * MINUTE_MS);
  expect(due(letters(1, 2))).toEqual([]);
  pass(MINUTE_MS);
  expect(due(letters(1, 500))).toEqual(['k0']);
  pass(24 * 60 * MINUTE_MS - 1);
  expect(due(letters(1, 500))).toEqual([]);
  pass(1);
  expect(due(letters(1, 500))).toEqual(['k0']);
});

it('R6 tries a few each time in turn, and all others once one of them is settled', () => {
  const { choose, due, pass } = schedule();
  const all = letters(10, 30);
  expect(due(all)).toHaveLength(10);
  pass(MINUTE_MS);
  expect(keysOf(choose(all, { most: 100, few: 3, isWhole: true }))).toEqual(['k0', 'k1', 'k2']);
  pass(MINUTE_MS);
  expect(keysOf(choose(all, { most: 100, few: 3, isWhole: true }))).toEqual(['k3', 'k4', 'k5']);
  const left = all.filter(({ key }) => key !== 'k4');
  expect(due(left).sort()).toEqual(['k0', 'k1', 'k2', 'k6', 'k7', 'k8', 'k9']);
  expect(due(left)).toEqual([]);
});

it('R6 takes those that were tried longest ago first, and no more than it may', () => {
  const { choose, pass } = schedule();
  expect(keysOf(choose(letters(10), { most: 4, few: 20, isWhole: true })).slice(0, 4)).toEqual([
    'k0',
    'k1',
    'k2',
    'k3',
  ]);
  pass(5 * MINUTE_MS);
  expect(keysOf(choose(letters(10), { most: 4, few: 0, isWhole: true }))).toEqual(['k4', 'k5', 'k6', 'k7']);
});
