import type { DatabaseSync } from 'node:sqlite';
import { type DeadLetter, type DeadLetterKind, readDeadLetterKind } from '../../contract/index.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeId, storeText } from '../file/stored-text.js';

/** The data needed to queue the message of a dead letter again. */
export interface DeadMessage {
  readonly transactionId: StoredText;
  readonly hash: Uint8Array;
}

export interface KeptDeadLetters {
  /** Returns dead letters in the order of their keys. Without `maxBodyBytes`, all bodies are whole. */
  list(streamNr: number, after: string, limit: number, maxBodyBytes?: number): readonly DeadLetter[];
  /**
   * Returns whether any contact has a refusal. Usually none has one, and then no query for single contacts is needed.
   */
  hasRefusals(streamNr: number): boolean;
  /**
   * Returns the md5 with which the contact was refused or could not be fetched since it was last accepted; null: there
   * is none.
   */
  refusalOf(streamNr: number, contactId: string): string | null;
  find(
    streamNr: number,
    key: string,
  ): { readonly letter: DeadLetter; readonly message: DeadMessage | null } | undefined;
  /** Stores a dead letter. It replaces one of the same key, and keeps the earliest time and the sum of attempts. */
  put(streamNr: number, letter: DeadLetter, message?: DeadMessage): void;
  remove(streamNr: number, key: string): void;
  /** Removes the dead letters of an accepted contact, except those named and those of messages. */
  settleContact(streamNr: number, contactId: string, kept: ReadonlySet<string>): void;
  /** Marks dead letters of a transaction of which a newer version was queued: they are never replayed (R26). */
  supersede(streamNr: number, transactionId: StoredText): void;
  /** Exchanges two transaction ids: see `moved-transactions`. */
  swapTransactions(streamNr: number, a: StoredText, b: StoredText): void;
}

/** The code of a dead letter of which a newer version has been queued. */
export const SUPERSEDED = 'OUTBOX_SUPERSEDED';

interface ListedRow {
  readonly letter_key: string;
  readonly kind: DeadLetterKind;
  readonly contact: StoredText | null;
  readonly md5: StoredText | null;
  readonly code: string;
  readonly reason: StoredText;
  readonly body: StoredText;
  readonly first_seen_at: string;
  readonly attempts: number;
}

interface LetterRow extends ListedRow {
  readonly transaction_id: StoredText | null;
  readonly hash: Uint8Array | null;
}

export function createKeptDeadLetters(db: DatabaseSync): KeptDeadLetters {
  const list = prepareQuery<ListedRow>(
    db,
    `SELECT letter_key, kind, contact, md5, code, reason, first_seen_at, attempts,
       iif(octet_length(body) <= ?, body, '') AS body
     FROM dead_letters WHERE stream_nr = ? AND letter_key > ? ORDER BY letter_key LIMIT ?`,
  );
  const find = prepareQuery<LetterRow>(db, 'SELECT * FROM dead_letters WHERE stream_nr = ? AND letter_key = ?');
  const refusal = prepareQuery<{ readonly md5: StoredText }>(
    db,
    `SELECT md5 FROM dead_letters
     WHERE stream_nr = ? AND contact = ? AND kind IN ('contact', 'fetch') AND md5 IS NOT NULL`,
  );
  const anyRefusal = prepareQuery<{ readonly found: 1 }>(
    db,
    `SELECT 1 AS found FROM dead_letters WHERE stream_nr = ? AND kind IN ('contact', 'fetch') LIMIT 1`,
  );
  const put = db.prepare(`
    INSERT INTO dead_letters (stream_nr, letter_key, kind, contact, md5, code, reason, body, first_seen_at, attempts,
      transaction_id, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET kind = excluded.kind, contact = excluded.contact, md5 = excluded.md5,
      code = excluded.code, reason = excluded.reason, body = excluded.body,
      first_seen_at = min(first_seen_at, excluded.first_seen_at), attempts = min(attempts, 1000000000000) + excluded.attempts,
      transaction_id = excluded.transaction_id, hash = excluded.hash`);
  const remove = db.prepare('DELETE FROM dead_letters WHERE stream_nr = ? AND letter_key = ?');
  const ofContact = prepareQuery<{ readonly letter_key: string }>(
    db,
    `SELECT letter_key FROM dead_letters WHERE stream_nr = ? AND contact = ? AND kind <> 'message'`,
  );
  const supersede = db.prepare(`
    UPDATE dead_letters SET code = '${SUPERSEDED}'
    WHERE stream_nr = ? AND transaction_id = ? AND code <> '${SUPERSEDED}'`);
  const swap = db.prepare(`
    UPDATE dead_letters SET transaction_id = CASE transaction_id WHEN ? THEN ? ELSE ? END
    WHERE stream_nr = ? AND transaction_id IN (?, ?)`);

  return {
    list: (streamNr, after, limit, maxBodyBytes = Number.MAX_SAFE_INTEGER) =>
      list.all(maxBodyBytes, streamNr, after, limit).map(letterOf),
    hasRefusals: (streamNr) => anyRefusal.get(streamNr) !== undefined,
    refusalOf(streamNr, contactId) {
      const row = refusal.get(streamNr, storeId(contactId));
      return row ? readText(row.md5) : null;
    },
    find(streamNr, key) {
      const row = find.get(streamNr, key);
      if (row === undefined) return undefined;
      const { transaction_id, hash } = row;
      const message = transaction_id === null || hash === null ? null : { transactionId: transaction_id, hash };
      return { letter: letterOf(row), message };
    },
    put(streamNr, letter, message) {
      put.run(
        streamNr,
        letter.key,
        letter.kind,
        letter.contactId === null ? null : storeId(letter.contactId),
        letter.md5 === null ? null : storeId(letter.md5),
        letter.code,
        storeText(letter.reason),
        storeText(letter.body),
        letter.firstSeenAt,
        letter.attempts,
        message?.transactionId ?? null,
        message?.hash ?? null,
      );
    },
    remove: (streamNr, key) => void remove.run(streamNr, key),
    settleContact(streamNr, contactId, kept) {
      const keys = ofContact.all(streamNr, storeId(contactId)).map((row) => row.letter_key);
      for (const key of keys) if (!kept.has(key)) remove.run(streamNr, key);
    },
    supersede: (streamNr, transactionId) => void supersede.run(streamNr, transactionId),
    swapTransactions: (streamNr, a, b) => void swap.run(a, b, a, streamNr, a, b),
  };
}

/** Returns the dead letter of a row. */
function letterOf(row: ListedRow): DeadLetter {
  return {
    key: row.letter_key,
    kind: readDeadLetterKind(row.kind),
    contactId: row.contact === null ? null : readText(row.contact),
    md5: row.md5 === null ? null : readText(row.md5),
    code: row.code,
    reason: readText(row.reason),
    body: readText(row.body),
    firstSeenAt: row.first_seen_at,
    attempts: row.attempts,
  };
}
