import { type ContactTree, fieldOf, type Json } from '../../contract/index.js';
import { type StoredText, storeId } from '../file/stored-text.js';
import type { SeenTransaction } from './queue-decision.js';
import { transactionHash } from './transaction-hash.js';

/** A tree with everything that can be computed before its commit begins. */
export interface StagedContact {
  readonly tree: ContactTree;
  readonly contact: StoredText;
  readonly transactions: readonly StagedTransaction[];
}

export interface StagedTransaction extends SeenTransaction {
  readonly id: StoredText;
}

export function stageContact(tree: ContactTree): StagedContact {
  const transactions = tree.transactions.map(({ id, values }) => ({
    id: storeId(id),
    values,
    hash: transactionHash(values),
    firedMs: timeOf(fieldOf(values, 'fired')),
  }));
  return { tree, contact: storeId(tree.contactId), transactions };
}

function timeOf(fired: Json | undefined): number {
  return typeof fired === 'string' ? Date.parse(fired) : Number.NaN;
}
