import type { Fields } from '../../contract/index.js';
import { planWithoutFieldRules } from '../../records/field-rules.js';
import { filterOfPlan, passesFilter } from '../../records/transaction-filter.js';
import type { KnownContact, Proof } from '../rows/contact-versions.js';
import { type LedgerEntry, PASSED_OVER } from '../rows/delivery-ledger.js';
import { sameHash } from './transaction-hash.js';

/**
 * The decision about a transaction.
 *
 * - `queue`: it is sent
 * - `pass-over`: only the ledger remembers it
 * - `leave`: nothing is done, since this version was queued already, or it was fired before the start
 */
export type QueueDecision = 'queue' | 'pass-over' | 'leave';

/** The facts that hold for all contacts of a commit. Instants are ISO 8601. */
export interface QueueRules {
  readonly proof: Proof;
  /** The instant up to which events had been read when the plan changed; null: it has never changed. */
  readonly planChangedAt: string | null;
  /** The instant from which history is wanted that a wider filter lets through; null: no history is wanted. */
  readonly historySince: string | null;
}

/** A transaction as it was fetched. */
export interface SeenTransaction {
  readonly values: Fields;
  readonly hash: Uint8Array;
  /** Not a number if the API sent something other than a time; such a transaction counts as new. */
  readonly firedMs: number;
}

/** The contact of the transaction, now and as it was last written. */
export interface SeenContact {
  readonly md5: string | null;
  readonly known: KnownContact | undefined;
}

/** Decides about a transaction that passes the filter (R25, R28, R32). */
export function queueDecision(
  transaction: SeenTransaction,
  entry: LedgerEntry | undefined,
  contact: SeenContact,
  rules: QueueRules,
): QueueDecision {
  if (entry === undefined) {
    if (isBefore(transaction, rules.proof.start)) return 'leave';
    return isHistory(transaction, contact, rules) && !isWanted(transaction, rules) ? 'pass-over' : 'queue';
  }
  if (!sameHash(entry.queued, transaction.hash)) return 'queue';
  return entry.outcome === PASSED_OVER && isWanted(transaction, rules) ? 'queue' : 'leave';
}

/**
 * Returns whether dbsync has seen the transaction under another plan and left it out. That is so if the contact's body
 * is still the one written under that plan, or if the transaction was fired before the instant up to which events had
 * been read when the plan changed. A transaction that the filter of that plan lets in was not left out: it was seen
 * late because a replica lagged.
 */
function isHistory(transaction: SeenTransaction, { md5, known }: SeenContact, rules: QueueRules): boolean {
  if (known === undefined || isSameSelection(known.plan, rules.proof.plan)) return false;
  const former = filterOfPlan(planWithoutFieldRules(known.plan));
  if (former !== null && passesFilter(transaction.values, former)) return false;
  return (md5 !== null && known.md5 === md5) || isBefore(transaction, rules.planChangedAt);
}

/** Returns whether two plans select the same transactions. Different field rules leave out no transaction. */
function isSameSelection(a: string, b: string): boolean {
  return a === b || planWithoutFieldRules(a) === planWithoutFieldRules(b);
}

function isWanted(transaction: SeenTransaction, { historySince }: QueueRules): boolean {
  return historySince !== null && !isBefore(transaction, historySince);
}

function isBefore({ firedMs }: SeenTransaction, instant: string | null): boolean {
  return instant !== null && firedMs < Date.parse(instant);
}
