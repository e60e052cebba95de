import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';
import type { StoredText } from '../file/stored-text.js';
import type { MessageBody } from './message-body.js';

/** The attempts that the target accepted, as long as they are kept, for a replay. */
export interface AcceptedRows {
  /** Returns acceptances after a place, in the order in which they were committed. */
  between(streamNr: number, after: number, span: Span, limit: number): readonly AcceptedRow[];
  /** Returns the time when the oldest message with a kept body was accepted; null: there is none. */
  keptFromMs(streamNr: number): number | null;
  bodyOf(bodyNr: number): MessageBody | undefined;
  /** Exchanges two transaction ids: see `moved-transactions`. It changes only the messages that can be sent again. */
  swapTransactions(streamNr: number, a: StoredText, b: StoredText): void;
}

/** The time from `sinceMs` on and before `untilMs`. */
export interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** An acceptance. Rows written by version 1 have no hash. */
export interface AcceptedRow {
  readonly nr: number;
  readonly message_id: Uint8Array;
  readonly contact: StoredText;
  readonly transaction_id: StoredText;
  readonly state: 'new' | 'updated';
  readonly hash: Uint8Array | null;
  readonly body_nr: number | null;
}

export function createAcceptedRows(db: DatabaseSync): AcceptedRows {
  const between = prepareQuery<AcceptedRow>(
    db,
    `SELECT nr, message_id, contact, transaction_id, state, hash, body_nr FROM attempts
     WHERE nr > ? AND stream_nr = ? AND outcome = 0 AND ended_ms >= ? AND ended_ms < ? ORDER BY nr LIMIT ?`,
    { key: 'nr' },
  );
  const body = prepareQuery<MessageBody>(db, 'SELECT contact, transaction_body FROM bodies WHERE message_nr = ?');
  const swap = db.prepare(`
    UPDATE attempts SET transaction_id = CASE transaction_id WHEN ? THEN ? ELSE ? END
    WHERE nr >= (SELECT bodies_from FROM control) AND stream_nr = ? AND transaction_id IN (?, ?)`);
  const kept = prepareQuery<{ readonly ended_ms: number }>(
    db,
    `SELECT ended_ms FROM attempts
     WHERE nr >= (SELECT bodies_from FROM control) AND stream_nr = ? AND body_nr IS NOT NULL ORDER BY nr LIMIT 1`,
  );
  return {
    keptFromMs: (streamNr) => kept.get(streamNr)?.ended_ms ?? null,
    between: (streamNr, after, { sinceMs, untilMs }, limit) => between.all(after, streamNr, sinceMs, untilMs, limit),
    bodyOf: (bodyNr) => body.get(bodyNr),
    swapTransactions: (streamNr, a, b) => void swap.run(a, b, a, streamNr, a, b),
  };
}
