import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContactTree, Fields, Json } from '../contract/index.js';
import type { TransactionFilter } from '../records/transaction-filter.js';
import { contactToTree } from './contact-to-tree.js';

const ALL: TransactionFilter = { mode: 'all', prefixes: [] };
const FIRED = '2026-03-02T09:00:00.000Z';
const OTHER = '2026-03-02T10:00:00.000Z';

const md5 = (text: string) => hash('md5', text);

function treeOf(transactions: Json, filter = ALL): ContactTree {
  return treeOfLog([{ transactions }], filter);
}

function treeOfLog(taskLog: Json, filter = ALL): ContactTree {
  return treeOfBody({ $id: 'C1', $md5: 'abc', $task_log: taskLog }, filter);
}

function treeOfBody(body: Fields, filter = ALL): ContactTree {
  return contactToTree(body, { stream: 'campaign', filter, now: () => '2026-03-02T12:00:00.000Z' });
}

function letters(tree: ContactTree) {
  return tree.deadLetters.map(({ kind, code, body }) => [kind, code, JSON.parse(body)]);
}

function idsOf(tree: ContactTree): readonly string[] {
  return tree.transactions.map(({ id }) => id);
}

describe('contactToTree', () => {
  it('takes an md5 of megabytes for none: the next start would hold those of all contacts of a chunk', () => {
    const body = { $id: 'C1', $md5: 'a'.repeat(1_001), $task_log: [] };
    expect(treeOfBody(body)).toMatchObject({ md5: null, values: body });
    expect(treeOfBody({ ...body, $md5: 'a'.repeat(1_000) }).md5).toHaveLength(1_000);
  });

  it('keeps the body as the values of the contact', () => {
    const body = { $id: 'C1', $md5: 'abc', name: 'Zoë', $task_log: [] };
    const tree = treeOfBody(body);
    expect(tree).toMatchObject({ contactId: 'C1', md5: 'abc', transactions: [], formerIds: [], deadLetters: [] });
    expect(tree.values).toBe(body);
  });

  it.each([[undefined], [null], [''], [[]], [{}], [[{}]], [[{ transactions: null }]], [[null]]])(
    'takes a contact whose task log is %j for one without transactions',
    (taskLog) => {
      const tree = treeOfBody({ $id: 'C1', ...(taskLog === undefined ? {} : { $task_log: taskLog }) });
      expect(tree).toMatchObject({ md5: null, transactions: [], deadLetters: [] });
    },
  );

  it('makes the id of a transaction of its contact and its time', () => {
    const log = [{ transactions: [{ fired: FIRED }] }, { transactions: [{ id: 'C1', fired: OTHER }] }];
    expect(idsOf(treeOfLog(log))).toEqual([md5(`C1${FIRED}`), md5(`C1${OTHER}`)]);
  });

  it('puts third-party connections below their holder and transferred ones below the one before', () => {
    const third = { id: 'third', technology: 'transfer', third_party_connections: [{ id: 'fourth' }] };
    const connections = [
      { id: 'first', third_party_connections: [third, { id: 'fifth', technology: 'transfer' }] },
      { id: 'moved', technology: 'transfer' },
      { id: 'moved again', technology: 'transfer' },
      { id: 'alone' },
    ];
    const [transaction] = treeOf([{ fired: FIRED, connections }]).transactions;
    expect(transaction?.connections.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['first', null],
      ['third', 'first'],
      ['fourth', 'third'],
      ['fifth', 'first'],
      ['moved', 'first'],
      ['moved again', 'moved'],
      ['alone', null],
    ]);
  });

  it('puts a transferred connection below the last one before it that has an id', () => {
    const connections = [{ id: 'first' }, { id: null }, { id: 'moved', technology: 'transfer' }];
    const [transaction] = treeOf([{ fired: FIRED, connections }]).transactions;
    expect(transaction?.connections[1]).toMatchObject({ id: 'moved', parentId: 'first' });
  });

  it('makes the id of a recording of its connection and its location, else its start', () => {
    const recordings = [
      { location: 'https://r/1', started: FIRED },
      { started: FIRED },
      { location: '', started: OTHER },
    ];
    const [transaction] = treeOf([{ fired: FIRED, connections: [{ id: 'k', recordings }] }]).transactions;
    const ids = transaction?.connections[0]?.recordings.map(({ id }) => id);
    expect(ids).toEqual([md5('khttps://r/1'), md5(`k${FIRED}`), md5(`k${OTHER}`)]);
  });

  it('gives two recordings of one location an id each', () => {
    const recordings = [{ location: 'https://r/1' }, { location: 'https://r/1', filename: 'b' }];
    const [transaction] = treeOf([{ fired: FIRED, connections: [{ id: 'k', recordings }] }]).transactions;
    const ids = transaction?.connections[0]?.recordings.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(ids?.[0]).toBe(md5('khttps://r/1'));
  });

  it('names the id that a recording had before it gained its location', () => {
    const recordings = [{ location: 'https://r/1', started: FIRED }];
    const tree = treeOf([{ fired: FIRED, connections: [{ id: 'k', recordings }] }]);
    expect(tree.formerIds).toEqual([md5(`k${FIRED}`)]);
  });

  it('never lists an id that a record has now as a former one', () => {
    const recordings = [{ location: 'https://r/1', started: FIRED }, { started: FIRED }];
    expect(treeOf([{ fired: FIRED, connections: [{ id: 'k', recordings }] }]).formerIds).toEqual([]);
  });

  it('leaves out what the filter does not want, and its flaws', () => {
    const transactions = [
      { fired: FIRED, type: 'system', connections: ['flaw'] },
      { fired: OTHER, type: 'update', connections: ['flaw'] },
      { type: 'system' },
    ];
    const tree = treeOf(transactions, { mode: 'updates_only', prefixes: [] });
    expect(idsOf(tree)).toEqual([md5(`C1${OTHER}`)]);
    expect(letters(tree)).toEqual([['connection', 'API_RECORD_MALFORMED', 'flaw']]);
  });
});

describe('dead letters', () => {
  it.each([17, 2_600, 100_000])('keep connections nested %d deep, from the seventeenth level on', (levels) => {
    let connection: Fields = { id: `k${levels}` };
    for (let level = levels - 1; level >= 0; level--) {
      connection = { id: `k${level}`, third_party_connections: [connection] };
    }
    const tree = treeOf([{ fired: FIRED, connections: [connection] }]);
    expect(tree.transactions[0]?.connections.map(({ id }) => id)).toEqual(
      Array.from({ length: 17 }, (_, nr) => `k${nr}`),
    );
    expect(tree.deadLetters).toMatchObject([{ kind: 'connection', code: 'API_RECORD_OUT_OF_BOUNDS' }]);
    expect(tree.deadLetters[0]?.body).toContain(`"id":"k${levels}"`);
    expect(tree.deadLetters[0]?.reason.length).toBeLessThan(1_000);
  });

  it('keep a connection whose id is longer than any is, and the others stand', () => {
    const connections = [{ id: 'k'.repeat(70_000) }, { id: 'other' }];
    const tree = treeOf([{ fired: FIRED, connections }]);
    expect(tree.transactions[0]?.connections.map(({ id }) => id)).toEqual(['other']);
    expect(letters(tree)).toEqual([['connection', 'API_RECORD_OUT_OF_BOUNDS', connections[0]]]);
  });

  it('keep a transaction without fired whole, and the rest of the contact stands', () => {
    const nameless = { fired: null, connections: [{ id: 'k' }] };
    const tree = treeOf([nameless, { fired: FIRED }]);
    expect(idsOf(tree)).toEqual([md5(`C1${FIRED}`)]);
    expect(letters(tree)).toEqual([['transaction', 'API_RECORD_WITHOUT_ID', nameless]]);
    expect(tree.deadLetters[0]).toMatchObject({ contactId: 'C1', md5: 'abc', attempts: 1 });
    expect(tree.deadLetters[0]?.reason).toContain('$task_log[0].transactions[0] of contact C1 has no fired');
  });

  it.each([[undefined], [null], [''], [7], [['k']], [{ k: 1 }]])('keep a connection whose id is %j', (id) => {
    const connection = { ...(id === undefined ? {} : { id }), recordings: [{ location: 'a' }] };
    const tree = treeOf([{ fired: FIRED, connections: [connection, { id: 'next', technology: 'transfer' }] }]);
    expect(letters(tree)).toEqual([['connection', 'API_RECORD_WITHOUT_ID', connection]]);
    expect(tree.transactions[0]?.connections).toMatchObject([{ id: 'next', parentId: null }]);
  });

  it('keep a recording with neither location nor started', () => {
    const tree = treeOf([
      { fired: FIRED, connections: [{ id: 'k', recordings: [{ filename: 'f', location: null }] }] },
    ]);
    expect(letters(tree)).toEqual([['recording', 'API_RECORD_WITHOUT_ID', { filename: 'f', location: null }]]);
  });

  it.each([
    ['$task_log', 'text', 'transaction', 'text'],
    ['$task_log', { transactions: [] }, 'transaction', { transactions: [] }],
    ['an entry', ['text'], 'transaction', 'text'],
    ['transactions', [{ transactions: 5 }], 'transaction', 5],
    ['a transaction', [{ transactions: ['text'] }], 'transaction', 'text'],
    ['connections', [{ transactions: [{ fired: FIRED, connections: true }] }], 'connection', true],
    [
      'recordings',
      [{ transactions: [{ fired: FIRED, connections: [{ id: 'k', recordings: 'r' }] }] }],
      'recording',
      'r',
    ],
  ])('keep %s of another type', (_what, taskLog, kind, record) => {
    expect(letters(treeOfLog(taskLog))).toEqual([[kind, 'API_RECORD_MALFORMED', record]]);
  });

  it('have one key for one place, so that a record which fails again overwrites its own', () => {
    const keyOf = (record: Json) => treeOf([{ fired: FIRED }, record]).deadLetters[0]?.key;
    expect(keyOf({ status: 'a' })).toBe(keyOf({ status: 'b' }));
    expect(keyOf({ status: 'a' })).not.toBe(treeOf([{ status: 'a' }]).deadLetters[0]?.key);
  });
});
