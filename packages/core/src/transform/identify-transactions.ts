import { createIdSpace, type IdCandidates, idPart, transactionIds } from './record-ids.js';
import type { PlacedRecord } from './record-list.js';

/** A transaction that can have an id, since it has a `fired`. */
export interface FiredTransaction extends PlacedRecord {
  readonly fired: string;
}

export interface IdentifiedTransaction {
  readonly transaction: FiredTransaction;
  readonly id: string;
  readonly sameInstant: SameInstantIds;
  /** The number of the transaction among the transactions of its `fired`. */
  readonly rank: number;
}

/**
 * The ids that the transactions of one `fired` have or could have had (R17). They are computed when they are asked for:
 * most contacts are new, and then no id is a former one.
 */
export interface SameInstantIds {
  /** The ids of all of them, also those of a transaction that no longer exists. */
  possible(): readonly string[];
  /**
   * The possible ids that the transaction of this rank may have had itself. Among many transactions of one `fired` these
   * are only the ids of the nearest ones, so that work stays linear.
   */
  near(rank: number): readonly string[];
}

/** If one `fired` has up to this number of transactions, each may have had any id of the others. */
const FEW = 16;
/**
 * If one `fired` has more transactions, the largest number that may have appeared or vanished before another one at a
 * time.
 */
const NEAR = 8;

/**
 * Gives each transaction its id, in the order of the log. Transactions of one `fired` take ids in the order of
 * `sequence_nr`, then of `created_date`, then of their place. So the log must be whole, before any filter.
 */
export function identifyTransactions(
  contactId: string,
  log: readonly FiredTransaction[],
): readonly IdentifiedTransaction[] {
  const ids = createIdSpace();
  const identified = new Map<FiredTransaction, IdentifiedTransaction>();
  for (const sameInstantTransactions of Map.groupBy(log, ({ fired }) => fired).values()) {
    if (sameInstantTransactions.length > 1) sameInstantTransactions.sort(inOrderOfIds);
    const sameInstant = createSameInstantIds(contactId, sameInstantTransactions);
    for (const [rank, transaction] of sameInstantTransactions.entries()) {
      const id = ids.take(candidates(contactId, transaction, rank));
      identified.set(transaction, { transaction, id, sameInstant, rank });
    }
  }
  return log.flatMap((transaction) => identified.get(transaction) ?? []);
}

function createSameInstantIds(contactId: string, transactions: readonly FiredTransaction[]): SameInstantIds {
  let forms: readonly (readonly string[])[] | null = null;
  let possible: readonly string[] | null = null;
  const formsOfAll = () =>
    (forms ??= transactions.map((transaction, rank) => formsOf(contactId, transaction, rank, transactions.length)));
  const ids = {
    possible: () => (possible ??= [...new Set(formsOfAll().flat())]),
    near: (rank: number) => (transactions.length <= FEW ? ids.possible() : nearestOf(formsOfAll(), rank)),
  };
  return ids;
}

function candidates(contactId: string, transaction: FiredTransaction, rank: number): IdCandidates {
  return transactionIds(contactId, transaction.fired, idPart(transaction.values, 'sequence_nr'), rank + 1);
}

/** Returns the ids that a transaction may have if more or fewer of the same `fired` exist, or in another order. */
function formsOf(contactId: string, transaction: FiredTransaction, rank: number, count: number): readonly string[] {
  const hasOneForm = count === 1 && idPart(transaction.values, 'sequence_nr') === null;
  const forms = [...candidates(contactId, transaction, rank).preferred];
  return hasOneForm ? forms.slice(0, 1) : forms;
}

function nearestOf(forms: readonly (readonly string[])[], rank: number): readonly string[] {
  return [...new Set(forms.slice(Math.max(0, rank - NEAR), rank + NEAR + 1).flat())];
}

/** Compares two transactions of one `fired`. `Array.prototype.sort` is stable, so their places decide last. */
function inOrderOfIds(a: FiredTransaction, b: FiredTransaction): number {
  return compare(sequenceOf(a), sequenceOf(b)) || compare(createdOf(a), createdOf(b));
}

/** Returns the number for the order; a transaction without a number comes last. */
function sequenceOf({ values }: FiredTransaction): number {
  const nr = Number(idPart(values, 'sequence_nr') ?? Number.NaN);
  return Number.isNaN(nr) ? Number.POSITIVE_INFINITY : nr;
}

function createdOf({ values }: FiredTransaction): string {
  return idPart(values, 'created_date') ?? '\uffff';
}

function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
