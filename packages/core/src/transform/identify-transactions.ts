import { createIdSpace, type IdCandidates, idPart, transactionIds } from './record-ids.js';
import type { PlacedRecord } from './record-list.js';

/** A transaction that can have an id, since it has a `fired`. */
export interface FiredTransaction extends PlacedRecord {
  readonly fired: string;
}

export interface IdentifiedTransaction extends FiredTransaction {
  readonly id: string;
  /**
   * The ids that all transactions of the same `fired` have or could have had (R17), also those of a transaction that no
   * longer exists. They all share one list.
   */
  readonly possibleIds: readonly string[];
  /**
   * The possible ids that this transaction may have had itself. Among many transactions of one `fired` these are only
   * the ids of the nearest ones, so that work stays linear.
   */
  readonly nearIds: readonly string[];
}

/** Up to so many transactions of one `fired`, each may have had any id of the others. */
const FEW = 16;
/** Among more of them, so many may have appeared or vanished before another one at a time. */
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
    const forms = sameInstantTransactions.map((transaction, index) =>
      formsOf(contactId, transaction, index, sameInstantTransactions.length),
    );
    const possibleIds = [...new Set(forms.flat())];
    sameInstantTransactions.forEach((transaction, index) => {
      const id = ids.take(candidates(contactId, transaction, index));
      const nearIds = sameInstantTransactions.length <= FEW ? possibleIds : nearestOf(forms, index);
      identified.set(transaction, { ...transaction, id, possibleIds, nearIds });
    });
  }
  return log.flatMap((transaction) => identified.get(transaction) ?? []);
}

function candidates(contactId: string, transaction: FiredTransaction, index: number): IdCandidates {
  return transactionIds(contactId, transaction.fired, idPart(transaction.values, 'sequence_nr'), index + 1);
}

/** Returns the ids that a transaction may have if more or fewer of the same `fired` exist, or in another order. */
function formsOf(contactId: string, transaction: FiredTransaction, index: number, count: number): readonly string[] {
  const hasOneForm = count === 1 && idPart(transaction.values, 'sequence_nr') === null;
  const forms = [...candidates(contactId, transaction, index).preferred];
  return hasOneForm ? forms.slice(0, 1) : forms;
}

function nearestOf(forms: readonly (readonly string[])[], index: number): readonly string[] {
  return [...new Set(forms.slice(Math.max(0, index - NEAR), index + NEAR + 1).flat())];
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
