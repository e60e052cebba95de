import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';
import type { StoredText } from '../file/stored-text.js';

/** What became of the version of a transaction that was queued last; null: it waits. */
export const PASSED_OVER = 0;
export const ACCEPTED = 1;
export const DEAD = 2;

/** One transaction (R25). Hashes are those of `transaction-hash`. */
export interface LedgerEntry {
  readonly queued: Uint8Array;
  /** The version last accepted, where that is not the one last queued. */
  readonly accepted: Uint8Array | null;
  readonly outcome: typeof PASSED_OVER | typeof ACCEPTED | typeof DEAD | null;
  readonly message_nr: number | null;
}

/** What was queued of each transaction, and what became of it. Changed only in the commit that makes it so. */
export interface DeliveryLedger {
  find(streamNr: number, transactionId: StoredText): LedgerEntry | undefined;
  put(streamNr: number, transactionId: StoredText, entry: LedgerEntry): void;
  remove(streamNr: number, transactionId: StoredText): void;
}

export function createDeliveryLedger(db: DatabaseSync): DeliveryLedger {
  const find = prepareQuery<LedgerEntry>(
    db,
    'SELECT queued, accepted, outcome, message_nr FROM ledger WHERE stream_nr = ? AND transaction_id = ?',
  );
  const put = db.prepare(
    'INSERT OR REPLACE INTO ledger (stream_nr, transaction_id, queued, accepted, outcome, message_nr) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM ledger WHERE stream_nr = ? AND transaction_id = ?');
  return {
    find: (streamNr, id) => find.get(streamNr, id),
    put: (streamNr, id, { queued, accepted, outcome, message_nr }) =>
      void put.run(streamNr, id, queued, accepted, outcome, message_nr),
    remove: (streamNr, id) => void remove.run(streamNr, id),
  };
}

/** A newer version waits in that message. What was accepted before is remembered. */
export function queuedAgain(entry: LedgerEntry | undefined, hash: Uint8Array, messageNr: number): LedgerEntry {
  return { queued: hash, accepted: entry ? lastAccepted(entry) : null, outcome: null, message_nr: messageNr };
}

/** The version of that hash was accepted; it waited in that message, and a newer one may wait behind it. */
export function acceptedNow(entry: LedgerEntry, hash: Uint8Array, messageNr: number): LedgerEntry {
  if (entry.message_nr !== messageNr) return { ...entry, accepted: hash };
  return { queued: hash, accepted: null, outcome: ACCEPTED, message_nr: null };
}

/** The version that waited in that message never will be. */
export function deadNow(entry: LedgerEntry, messageNr: number): LedgerEntry {
  return entry.message_nr === messageNr ? { ...entry, outcome: DEAD, message_nr: null } : entry;
}

/** Whether any version was ever accepted (R27). */
export function isAccepted(entry: LedgerEntry): boolean {
  return lastAccepted(entry) !== null;
}

/** The state that a message of the transaction has at its first attempt (R27). */
export function stateOf(entry: LedgerEntry | undefined): 'new' | 'updated' {
  return entry !== undefined && isAccepted(entry) ? 'updated' : 'new';
}

function lastAccepted({ queued, accepted, outcome }: LedgerEntry): Uint8Array | null {
  return outcome === ACCEPTED ? queued : accepted;
}
