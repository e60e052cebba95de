import type { Fields, Stream } from '../../contract/index.js';
import { sameHash, transactionHash } from '../commit/transaction-hash.js';
import { storeId } from '../file/stored-text.js';
import { ACCEPTED, DEAD, isAccepted } from '../rows/delivery-ledger.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import { startOf } from '../rows/stream-rows.js';

/** A transaction as the API has it now. */
export interface TransactionOfApi {
  readonly id: string;
  readonly values: Fields;
}

/** The state of a transaction in the ledger. */
export interface TransactionFate {
  readonly id: string;
  /**
   * `none`: no version of it was queued; `passed-over`: it was seen and is not to be sent; `waiting`, `accepted`, `dead`: the
   * version that was queued last waits, was accepted, or is a dead letter.
   */
  readonly state: 'none' | 'passed-over' | 'waiting' | 'accepted' | 'dead';
  /** True: the version that was queued last has the values that the API has now. */
  readonly isCurrent: boolean;
  /** True: some version of it was accepted. */
  readonly wasAccepted: boolean;
}

/** The states of transactions, and the start of deliveries. */
export interface TransactionFates {
  /**
   * The instant of the start, ISO 8601: transactions that were fired before it are not sent. Null: there is no such
   * instant.
   */
  readonly start: string | null;
  readonly transactions: readonly TransactionFate[];
}

/** Compares transactions with the ledger. */
export function readFates(
  { streams, ledger }: OutboxRows,
  stream: Stream,
  transactions: readonly TransactionOfApi[],
): TransactionFates {
  const row = streams.find(stream);
  const fates = transactions.map(({ id, values }): TransactionFate => {
    const entry = row === undefined ? undefined : ledger.find(row.nr, storeId(id));
    if (entry === undefined) return { id, state: 'none', isCurrent: false, wasAccepted: false };
    const isCurrent = sameHash(entry.queued, transactionHash(values));
    return { id, state: stateOf(entry.outcome), isCurrent, wasAccepted: isAccepted(entry) };
  });
  return { start: row === undefined ? null : startOf(row), transactions: fates };
}

function stateOf(outcome: number | null): TransactionFate['state'] {
  if (outcome === null) return 'waiting';
  if (outcome === ACCEPTED) return 'accepted';
  return outcome === DEAD ? 'dead' : 'passed-over';
}
