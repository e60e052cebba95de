import { expect, it } from 'vitest';
import { createReadOrder, type Reading, type ReadOrder } from './read-order.js';

const { signal } = new AbortController();

function brings(reading: Reading, id: string, value: string, rows: Map<string, string>): Promise<void> {
  return reading.write([id], async (isNewest) => void (isNewest(id) && rows.set(id, value)), signal);
}

/** Two requests under way, the first of them older. */
function twoReadings(order: ReadOrder) {
  return { older: order.begin(), newer: order.begin() };
}

it('R9 does not write the answer to an earlier request over the answer to a later one', async () => {
  const rows = new Map<string, string>();
  const { older, newer } = twoReadings(createReadOrder());
  await brings(newer, 'a', 'new', rows);
  newer.end();
  await brings(older, 'a', 'old', rows);
  await brings(older, 'b', 'old', rows);
  older.end();
  expect([...rows]).toEqual([
    ['a', 'new'],
    ['b', 'old'],
  ]);
});

it('R9 writes answers in the order of their requests where that is the order they come in', async () => {
  const rows = new Map<string, string>();
  const { older, newer } = twoReadings(createReadOrder());
  await brings(older, 'a', 'old', rows);
  await brings(newer, 'a', 'new', rows);
  await brings(newer, 'a', 'again', rows);
  expect(rows.get('a')).toBe('again');
});

it('writes one at a time', async () => {
  const { older, newer } = twoReadings(createReadOrder());
  const reported: string[] = [];
  const slow = (name: string) => async () => {
    reported.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    reported.push(`${name} ends`);
  };
  await Promise.all([older.write(['a'], slow('older'), signal), newer.write(['a'], slow('newer'), signal)]);
  expect(reported).toEqual(['older begins', 'older ends', 'newer begins', 'newer ends']);
});
