import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContactTree, Fields } from '../contract/index.js';
import type { TransactionFilter } from '../records/transaction-filter.js';
import { contactToTree } from './contact-to-tree.js';

const FIRED = '2026-03-02T09:00:00.000Z';
const ALL = { mode: 'all', prefixes: [] } as const;

const md5 = (text: string) => hash('md5', text);
const twin = (values: Fields): Fields => ({ fired: FIRED, ...values });
const idsOf = (tree: ContactTree) => tree.transactions.map(({ id }) => id);

function treeOf(transactions: readonly Fields[], filter: TransactionFilter = ALL): ContactTree {
  const context = { stream: 'campaign', filter, now: () => '2026-03-02T12:00:00.000Z' };
  return contactToTree({ $id: 'C1', $task_log: [{ transactions }] }, context);
}

describe('R17 twins', () => {
  it('R17 orders twins by sequence_nr, then created_date, then position', () => {
    const transactions = [
      twin({ name: 'no number, late', created_date: '2026-03-03' }),
      twin({ name: 'ten', sequence_nr: 10 }),
      twin({ name: 'nine', sequence_nr: '9' }),
      twin({ name: 'no number, early', created_date: '2026-03-02' }),
      twin({ name: 'nothing' }),
    ];
    const tree = treeOf(transactions);
    const byId = new Map(tree.transactions.map(({ id, values }) => [id, values.name]));
    expect(byId.get(md5(`C1${FIRED}`))).toBe('nine');
    expect(byId.get(md5(`C1${FIRED}10`))).toBe('ten');
    expect(byId.get(md5(`C1${FIRED}3`))).toBe('no number, early');
    expect(byId.get(md5(`C1${FIRED}4`))).toBe('no number, late');
    expect(byId.get(md5(`C1${FIRED}5`))).toBe('nothing');
    expect(tree.transactions.map(({ values }) => values.name)).toEqual(transactions.map(({ name }) => name));
  });

  it('R17 keeps the ids of twins whatever the filter', () => {
    const transactions = [twin({ sequence_nr: 1, type: 'system' }), twin({ sequence_nr: 2, type: 'update' })];
    const tree = treeOf(transactions, { mode: 'updates_only', prefixes: [] });
    expect(idsOf(tree)).toEqual([md5(`C1${FIRED}2`)]);
  });

  it('R17 lists the id that a twin had in another order', () => {
    const before = treeOf([twin({ sequence_nr: 2 }), twin({ sequence_nr: 3 })]);
    const after = treeOf([twin({ sequence_nr: 2 }), twin({ sequence_nr: 3 }), twin({ sequence_nr: 1 })]);
    expect(idsOf(before)).toEqual([md5(`C1${FIRED}`), md5(`C1${FIRED}3`)]);
    expect(idsOf(after)).toEqual([md5(`C1${FIRED}2`), md5(`C1${FIRED}3`), md5(`C1${FIRED}`)]);
    expect(after.formerIds).toEqual([md5(`C1${FIRED}1`)]);
  });

  it('R17 lists the former id of a twin that is left when the first one vanishes', () => {
    const before = treeOf([twin({ sequence_nr: 1 }), twin({ sequence_nr: 2 })]);
    const after = treeOf([twin({ sequence_nr: 2 })]);
    expect(idsOf(before)).toEqual([md5(`C1${FIRED}`), md5(`C1${FIRED}2`)]);
    expect(idsOf(after)).toEqual([md5(`C1${FIRED}`)]);
    expect(after.formerIds).toEqual([md5(`C1${FIRED}2`)]);
  });

  it('R17 tells twins of one sequence_nr apart', () => {
    const tree = treeOf([twin({ sequence_nr: 1 }), twin({ sequence_nr: 1 }), twin({ sequence_nr: 1 })]);
    expect(new Set(idsOf(tree)).size).toBe(3);
    expect(idsOf(tree).slice(0, 2)).toEqual([md5(`C1${FIRED}`), md5(`C1${FIRED}1`)]);
  });
});
