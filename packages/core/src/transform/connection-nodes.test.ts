import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ContactTree, Fields } from '../contract/index.js';
import type { TransactionFilter } from '../records/transaction-filter.js';
import { contactToTree } from './contact-to-tree.js';

const FIRED = '2026-03-02T09:00:00.000Z';
const OTHER = '2026-03-02T10:00:00.000Z';
const ALL = { mode: 'all', prefixes: [] } as const;

const md5 = (text: string) => hash('md5', text);

function treeOf(transactions: readonly Fields[], filter: TransactionFilter = ALL): ContactTree {
  const context = { stream: 'campaign', filter, now: () => '2026-03-02T12:00:00.000Z' };
  return contactToTree({ $id: 'C1', $task_log: [{ transactions }] }, context);
}

describe('R18 a connection id twice', () => {
  const first = { fired: FIRED, type: 'system', connections: [{ id: 'k', recordings: [{ location: 'a' }] }] };
  const second = { fired: OTHER, type: 'update', connections: [{ id: 'k', recordings: [{ location: 'a' }] }] };
  const derived = md5(`k${md5(`C1${OTHER}`)}`);

  it('R18 gives the second holder in a contact a derived id, and its recordings theirs', () => {
    const tree = treeOf([first, second]);
    const [a, b] = tree.transactions.flatMap(({ connections }) => connections);
    expect([a?.id, b?.id]).toEqual(['k', derived]);
    expect([a?.recordings[0]?.id, b?.recordings[0]?.id]).toEqual([md5('ka'), md5(`${derived}a`)]);
    expect(b?.values.id).toBe('k');
  });

  it('R18 derives it over the whole log, whatever the filter', () => {
    const tree = treeOf([first, second], { mode: 'updates_only', prefixes: [] });
    expect(tree.transactions[0]?.connections[0]?.id).toBe(derived);
  });

  it('R18 lists the former ids of a holder that was second before, and of the records below it', () => {
    const formerly = md5(`k${md5(`C1${FIRED}`)}`);
    expect(treeOf([first, second]).formerIds).toEqual([formerly, md5(`${formerly}a`)]);
  });

  it('R18 keeps third holders apart too', () => {
    const connections = [{ id: 'k' }, { id: 'k' }, { id: 'k', third_party_connections: [{ id: 'k' }] }];
    const nodes = treeOf([{ fired: FIRED, connections }]).transactions[0]?.connections ?? [];
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(4);
    expect(nodes[3]?.parentId).toBe(nodes[2]?.id);
  });
});
