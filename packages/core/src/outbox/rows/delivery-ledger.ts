import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';
import type { StoredText } from '../file/stored-text.js';

/** The outcomes of the version of a transaction that was queued last. Null stands for a version that waits. */
export const PASSED_OVER = 0;
export const ACCEPTED = 1;
export const DEAD = 2;

/** The entry of one transaction (R25). Hashes come from `transaction-hash`. */
export interface LedgerEntry {
  readonly queued: Uint8Array;
  /** The version last accepted, if that is not the one last queued. */
  readonly accepted: Uint8Array | null;
  readonly outcome: typeof PASSED_OVER | typeof ACCEPTED | typeof DEAD | null;
  readonly message_nr: number | null;
}

/**
 * The version of each transaction that was queued last, and its outcome. An entry changes only in the commit that makes
 * it true.
 */
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

/** Returns the entry for a newer version that waits in that message. It keeps the version accepted before. */
export function queuedAgain(entry: LedgerEntry | undefined, hash: Uint8Array, messageNr: number): LedgerEntry {
  return { queued: hash, accepted: entry ? lastAccepted(entry) : null, outcome: null, message_nr: messageNr };
}

/**
 * Returns the entry after the version of that hash was accepted. It waited in that message, and a newer version may
 * wait after it.
 */
export function acceptedNow(entry: LedgerEntry, hash: Uint8Array, messageNr: number): LedgerEntry {
  if (entry.message_nr !== messageNr) return { ...entry, accepted: hash };
  return { queued: hash, accepted: null, outcome: ACCEPTED, message_nr: null };
}

/** Returns the entry after the message became a dead letter: the version in it will not be accepted. */
export function deadNow(entry: LedgerEntry, messageNr: number): LedgerEntry {
  return entry.message_nr === messageNr ? { ...entry, outcome: DEAD, message_nr: null } : entry;
}

/** Returns whether any version was ever accepted (R27). */
export function isAccepted(entry: LedgerEntry): boolean {
  return lastAccepted(entry) !== null;
}

/** Returns the state that a message of the transaction gets at its first attempt (R27). */
export function stateOf(entry: LedgerEntry | undefined): 'new' | 'updated' {
  return entry !== undefined && isAccepted(entry) ? 'updated' : 'new';
}

function lastAccepted({ queued, accepted, outcome }: LedgerEntry): Uint8Array | null {
  return outcome === ACCEPTED ? queued : accepted;
}
