import type { Fields } from '../../contract/index.js';
import { planWithoutFieldRules } from '../../records/field-rules.js';
import { filterOfPlan, passesFilter } from '../../records/transaction-filter.js';
import type { KnownContact, Proof } from '../rows/contact-versions.js';
import { type LedgerEntry, PASSED_OVER } from '../rows/delivery-ledger.js';
import { sameHash } from './transaction-hash.js';

/**
 * `queue`: it goes out; `pass-over`: the ledger alone remembers it; `leave`: nothing is to be done, since it was queued as
 * it is, or was fired before the start.
 */
export type TransactionFate = 'queue' | 'pass-over' | 'leave';

/** What holds for all contacts of a commit. Instants are ISO 8601. */
export interface QueueRules {
  readonly proof: Proof;
  /** How far events had been read when the plan changed; null: it never has. */
  readonly planChangedAt: string | null;
  /** From when on history is wanted that a wider filter lets through; null: none is. */
  readonly historySince: string | null;
}

/** A transaction as it was fetched. */
export interface SeenTransaction {
  readonly values: Fields;
  readonly hash: Uint8Array;
  /** Not a number where the API sent something else than a time: such a one counts as new. */
  readonly firedMs: number;
}

/** The contact that it belongs to, now and before. */
export interface SeenContact {
  readonly md5: string | null;
  readonly known: KnownContact | undefined;
}

/** What becomes of a transaction that passes the filter (R25, R28, R32). */
export function transactionFate(
  transaction: SeenTransaction,
  entry: LedgerEntry | undefined,
  contact: SeenContact,
  rules: QueueRules,
): TransactionFate {
  if (entry === undefined) {
    if (isBefore(transaction, rules.proof.start)) return 'leave';
    return isHistory(transaction, contact, rules) && !isWanted(transaction, rules) ? 'pass-over' : 'queue';
  }
  if (!sameHash(entry.queued, transaction.hash)) return 'queue';
  return entry.outcome === PASSED_OVER && isWanted(transaction, rules) ? 'queue' : 'leave';
}

/**
 * Whether another plan has seen the transaction and left it out: it stands in the very body that was written under that
 * plan, or was fired before its events had been read. What the filter of that plan lets in is seen late: a replica lagged.
 */
function isHistory(transaction: SeenTransaction, { md5, known }: SeenContact, rules: QueueRules): boolean {
  if (known === undefined || isSameSelection(known.plan, rules.proof.plan)) return false;
  const former = filterOfPlan(planWithoutFieldRules(known.plan));
  if (former !== null && passesFilter(transaction.values, former)) return false;
  return (md5 !== null && known.md5 === md5) || isBefore(transaction, rules.planChangedAt);
}

/** Other rules for fields leave out no transaction. */
function isSameSelection(a: string, b: string): boolean {
  return a === b || planWithoutFieldRules(a) === planWithoutFieldRules(b);
}

function isWanted(transaction: SeenTransaction, { historySince }: QueueRules): boolean {
  return historySince !== null && !isBefore(transaction, historySince);
}

function isBefore({ firedMs }: SeenTransaction, instant: string | null): boolean {
  return instant !== null && firedMs < Date.parse(instant);
}
