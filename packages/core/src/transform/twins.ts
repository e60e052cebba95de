import { createIdSpace, type Ids, idPart, transactionIds } from './record-ids.js';
import type { PlacedRecord } from './record-list.js';

/** A transaction that can have an id. */
export interface FiredTransaction extends PlacedRecord {
  readonly fired: string;
}

export interface IdentifiedTransaction extends FiredTransaction {
  readonly id: string;
  /** Ids that it and others of the same `fired` have or could have had (R17), a twin that is there no more included. */
  readonly possibleIds: readonly string[];
}

/**
 * Gives each transaction its id, in the order of the log. Those of one `fired` are twins: they take ids in the order of
 * `sequence_nr`, then `created_date`, then place, so the log must be whole, before any filter.
 */
export function identifyTransactions(
  contactId: string,
  log: readonly FiredTransaction[],
): readonly IdentifiedTransaction[] {
  const ids = createIdSpace();
  const identified = new Map<FiredTransaction, IdentifiedTransaction>();
  for (const twins of Map.groupBy(log, ({ fired }) => fired).values()) {
    if (twins.length > 1) twins.sort(inTwinOrder);
    const possibleIds = possibleIdsOf(contactId, twins);
    twins.forEach((twin, index) => {
      const id = ids.take(candidates(contactId, twin, index));
      identified.set(twin, { ...twin, id, possibleIds });
    });
  }
  return log.flatMap((transaction) => identified.get(transaction) ?? []);
}

function candidates(contactId: string, twin: FiredTransaction, index: number): Ids {
  return transactionIds(contactId, twin.fired, idPart(twin.values, 'sequence_nr'), index + 1);
}

/** What any of the twins may have had while more or fewer of them were there, or in another order. */
function possibleIdsOf(contactId: string, twins: readonly FiredTransaction[]): readonly string[] {
  const ids = twins.flatMap((twin, index) => {
    const hasOneForm = twins.length === 1 && idPart(twin.values, 'sequence_nr') === null;
    return [...candidates(contactId, twin, index).take(hasOneForm ? 1 : 2)];
  });
  return [...new Set(ids)];
}

/** `Array.prototype.sort` is stable, so place decides last. */
function inTwinOrder(a: FiredTransaction, b: FiredTransaction): number {
  return compare(sequenceOf(a), sequenceOf(b)) || compare(createdOf(a), createdOf(b));
}

/** Those without a number come last. */
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
