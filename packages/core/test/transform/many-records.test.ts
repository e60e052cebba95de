import { describe, expect, it } from 'vitest';
import { countSteps } from '../../../../test/harness/work-meter.ts';
import type { ContactTree, Fields } from '../../src/contract/index.ts';
import { contactToTree } from '../../src/transform/contact-to-tree.ts';

const FIRED = '2026-03-02T09:00:00.000Z';
const RECORDS = 500;

function treeOf(transactions: readonly Fields[]): ContactTree {
  const filter = { mode: 'all', prefixes: [] } as const;
  const context = { stream: 'campaign', filter, now: () => '2026-03-02T12:00:00.000Z' };
  return contactToTree({ $id: 'C1', $task_log: [{ transactions }] }, context);
}

const many = (count: number, record: (nr: number) => Fields) => Array.from({ length: count }, (_, nr) => record(nr));
const below = (connections: readonly Fields[]) => [{ fired: FIRED, connections }];
const minutes = (nr: number) => new Date(Date.parse(FIRED) + nr * 60_000).toISOString();

/** The transactions of a contact with this number of records of one shape. */
const SHAPES: Readonly<Record<string, (count: number) => readonly Fields[]>> = {
  'transactions of one instant and number': (count) => many(count, () => ({ fired: FIRED, sequence_nr: 7 })),
  'transactions of one instant': (count) => many(count, (nr) => ({ fired: FIRED, sequence_nr: nr })),
  'transactions of one instant without a number': (count) => many(count, () => ({ fired: FIRED })),
  'transactions of one instant with one connection': (count) =>
    many(count, (nr) => ({
      fired: FIRED,
      sequence_nr: nr,
      connections: [{ id: 'X', recordings: [{ location: 'L' }] }],
    })),
  'transactions of one instant and number with one connection': (count) =>
    many(count, () => ({ fired: FIRED, sequence_nr: 7, connections: [{ id: 'X', recordings: [{ location: 'L' }] }] })),
  'transactions of one instant, two of them with one connection': (count) =>
    many(count, (nr) => ({ fired: FIRED, connections: [{ id: `X${nr >> 1}` }] })),
  'transactions with one connection': (count) =>
    many(count, (nr) => ({ fired: minutes(nr), connections: [{ id: 'X' }] })),
  'transactions without fired': (count) => many(count, (nr) => ({ sequence_nr: nr })),
  'connections of one id': (count) => below(many(count, () => ({ id: 'X', recordings: [{ location: 'L' }] }))),
  'connections without an id': (count) => below(many(count, (nr) => ({ phone: nr }))),
  'third-party connections of one id': (count) =>
    below([{ id: 'X', third_party_connections: many(count, () => ({ id: 'X' })) }]),
  'recordings of one location': (count) => below([{ id: 'X', recordings: many(count, () => ({ location: 'L' })) }]),
  'recordings without location and start': (count) =>
    below([{ id: 'X', recordings: many(count, (nr) => ({ filename: nr })) }]),
};

describe('R17 the work for a contact grows with the number of its records', () => {
  it.each(Object.keys(SHAPES))('%s', (shape) => {
    const stepsFor = (count: number) => {
      const transactions = SHAPES[shape]?.(count) ?? [];
      return countSteps(() => void treeOf(transactions));
    };
    const steps = stepsFor(RECORDS);
    expect(steps).toBeGreaterThanOrEqual(RECORDS);
    expect(stepsFor(2 * RECORDS) / steps).toBeLessThan(2.5);
  });
});

it('R17 gives each of many equal transactions, connections and recordings an id of its own', () => {
  const record = { connections: [{ id: 'X', recordings: [{ location: 'L' }, { location: 'L' }] }, { id: 'X' }] };
  const tree = treeOf(many(100, () => ({ fired: FIRED, sequence_nr: 7, ...record })));
  const connections = tree.transactions.flatMap((transaction) => transaction.connections);
  const recordings = connections.flatMap((connection) => connection.recordings);
  expect(new Set(tree.transactions.map(({ id }) => id)).size).toBe(100);
  expect(new Set(connections.map(({ id }) => id)).size).toBe(200);
  expect(new Set(recordings.map(({ id }) => id)).size).toBe(200);
});

it('keeps two hundred thousand records that are none as dead letters', () => {
  const tree = treeOf(below(Array.from({ length: 200_000 }, () => 1) as unknown as Fields[]));
  expect(tree.deadLetters).toHaveLength(200_000);
});
