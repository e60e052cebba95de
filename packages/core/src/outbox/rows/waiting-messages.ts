import type { DatabaseSync } from 'node:sqlite';
import type { Failure } from '../faces/delivery-queue.js';
import { prepareQuery } from '../file/prepared-query.js';
import { type StoredText, storeText } from '../file/stored-text.js';
import { beginningOf, type MessageBody } from './message-body.js';
import { createMessageNumbers } from './message-numbers.js';

/** A waiting message, without its body. */
export interface MessageRow {
  readonly nr: number;
  readonly stream_nr: number;
  readonly id: Uint8Array;
  readonly contact: StoredText;
  readonly transaction_id: StoredText;
  readonly hash: Uint8Array;
  readonly queued_ms: number;
  readonly is_head: number;
  readonly state: 'new' | 'updated' | null;
  readonly taken_by: number | null;
  readonly attempts: number;
  /** The number of attempts that were begun, counted or not. */
  readonly all_attempts: number;
  readonly retry_ms: number | null;
  readonly failing_since_ms: number | null;
  readonly failed_ms: number | null;
  readonly failure: StoredText | null;
  readonly answer: StoredText | null;
  /** 1: it was accepted before, and an operator had it sent again. */
  readonly is_replay: number;
}

export type NewMessage = Pick<
  MessageRow,
  'stream_nr' | 'id' | 'contact' | 'transaction_id' | 'hash' | 'queued_ms' | 'state'
> & { readonly is_replay?: number };

/**
 * The waiting messages: a queue for each contact, of which only the first message is sent. All methods are called
 * within a commit.
 */
export interface WaitingMessages {
  find(nr: number): MessageRow | undefined;
  findById(id: Uint8Array): MessageRow | undefined;
  /** Returns the body of a message; undefined: it is lost. */
  bodyOf(nr: number): MessageBody | undefined;
  /** Returns the bytes of a body, without reading it; 0: it is lost. */
  bytesOf(nr: number): number;
  /** Makes a message due now, as a retry. */
  makeDue(nr: number, nowMs: number): void;
  /**
   * Adds a message at the end of its contact's queue. Returns its number, and whether it is the first in that queue.
   */
  add(message: NewMessage, body: MessageBody): { readonly nr: number; readonly isHead: boolean };
  /** Replaces the content of a message that was never attempted. */
  replace(nr: number, hash: Uint8Array, body: MessageBody): void;
  /**
   * Removes a message that has ended. Returns whether its contact has another one. If the first message of the contact
   * ended, the next one becomes the first; it is a retry if deliveries to the contact fail. Otherwise the first message
   * stays unchanged.
   */
  remove(message: MessageRow, left: LeftContact): boolean;
  take(nr: number, state: 'new' | 'updated', epoch: bigint): void;
  putBack(message: MessageRow, attempt: PutBack): void;
  /**
   * Gives messages of one contact the new ids of their transactions, in one pass over its queue: see
   * `moved-transactions`.
   */
  moveTransactions(streamNr: number, contact: StoredText, newIdOf: (id: StoredText) => StoredText): void;
}

/** The effect of a message's end on its contact. */
export interface LeftContact {
  /** The time since when no message of the contact was accepted; null: one was accepted just now. */
  readonly failingSinceMs: number | null;
  readonly nowMs: number;
  /** The body stays, so that the message can be sent again. */
  readonly keepsBody: boolean;
}

/** The effect of an attempt on a message that stays in the queue. */
export interface PutBack {
  readonly attempts: number;
  /** Null: the message is due at once, as if no attempt had been made. */
  readonly retryMs: number | null;
  readonly failingSinceMs: number | null;
  /** Null: the former failure is kept. */
  readonly failure: Failure | null;
}

export function createWaitingMessages(db: DatabaseSync): WaitingMessages {
  const find = prepareQuery<MessageRow>(db, 'SELECT * FROM messages WHERE nr = ?', { key: 'nr' });
  const findById = prepareQuery<MessageRow>(db, 'SELECT * FROM messages WHERE id = ?', { key: 'nr' });
  const makeDue = db.prepare('UPDATE messages SET retry_ms = ? WHERE nr = ?');
  const headOf = prepareQuery<{ readonly nr: number }>(
    db,
    'SELECT nr FROM messages WHERE stream_nr = ? AND contact = ? ORDER BY nr LIMIT 1',
    { key: 'nr' },
  );
  const body = prepareQuery<MessageBody>(db, 'SELECT contact, transaction_body FROM bodies WHERE message_nr = ?');
  const bytes = prepareQuery<{ readonly bytes: number }>(
    db,
    'SELECT octet_length(contact) + octet_length(transaction_body) AS bytes FROM bodies WHERE message_nr = ?',
  );
  const add = db.prepare(`
    INSERT INTO messages (nr, stream_nr, id, contact, transaction_id, hash, queued_ms, is_head, state, attempts, is_replay)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`);
  const nextNumber = createMessageNumbers(db);
  const addBody = db.prepare('INSERT INTO bodies (message_nr, contact, transaction_body) VALUES (?, ?, ?)');
  const replace = db.prepare('UPDATE messages SET hash = ? WHERE nr = ?');
  const replaceBody = db.prepare('UPDATE bodies SET contact = ?, transaction_body = ? WHERE message_nr = ?');
  const remove = db.prepare('DELETE FROM messages WHERE nr = ?');
  const removeBody = db.prepare('DELETE FROM bodies WHERE message_nr = ?');
  const makeHead = db.prepare('UPDATE messages SET is_head = 1, failing_since_ms = ?, retry_ms = ? WHERE nr = ?');
  const take = db.prepare(
    'UPDATE messages SET state = ?, taken_by = ?, all_attempts = min(all_attempts, 1000000000000) + 1 WHERE nr = ?',
  );
  const putBack = db.prepare(`
    UPDATE messages SET taken_by = NULL, attempts = ?, retry_ms = ?, failing_since_ms = ?, failed_ms = ?, failure = ?,
      answer = ? WHERE nr = ?`);
  const messagesOf = prepareQuery<Pick<MessageRow, 'nr' | 'transaction_id'>>(
    db,
    'SELECT nr, transaction_id FROM messages WHERE stream_nr = ? AND contact = ?',
    { key: 'nr' },
  );
  const move = db.prepare('UPDATE messages SET transaction_id = ? WHERE nr = ?');

  return {
    find: (nr) => find.get(nr),
    findById: (id) => findById.get(id),
    bodyOf: (nr) => body.get(nr),
    bytesOf: (nr) => bytes.get(nr)?.bytes ?? 0,
    makeDue: (nr, nowMs) => void makeDue.run(Math.floor(nowMs), nr),
    add({ stream_nr, id, contact, transaction_id, hash, queued_ms, state, is_replay = 0 }, content) {
      const isHead = headOf.get(stream_nr, contact) === undefined;
      const nr = nextNumber();
      addBody.run(nr, content.contact, content.transaction_body);
      const queued = [hash, Math.round(queued_ms), isHead ? 1 : 0, state, is_replay] as const;
      add.run(nr, stream_nr, id, contact, transaction_id, ...queued);
      return { nr, isHead };
    },
    replace(nr, hash, content) {
      replace.run(hash, nr);
      replaceBody.run(content.contact, content.transaction_body, nr);
    },
    remove({ nr, stream_nr, contact, is_head }, { failingSinceMs, nowMs, keepsBody }) {
      remove.run(nr);
      if (!keepsBody) removeBody.run(nr);
      const next = headOf.get(stream_nr, contact);
      if (next === undefined) return false;
      const retryMs = failingSinceMs === null ? null : Math.round(nowMs);
      if (is_head === 1) makeHead.run(failingSinceMs, retryMs, next.nr);
      return true;
    },
    take: (nr, state, epoch) => void take.run(state, epoch, nr),
    putBack({ nr, failed_ms, failure, answer }, { attempts, retryMs, failingSinceMs, ...last }) {
      const kept = last.failure ? rowOf(last.failure) : { failed_ms, failure, answer };
      const retry = retryMs === null ? null : Math.ceil(retryMs);
      putBack.run(attempts, retry, failingSinceMs, kept.failed_ms, kept.failure, kept.answer, nr);
    },
    moveTransactions(streamNr, contact, newIdOf) {
      for (const { nr, transaction_id } of messagesOf.all(streamNr, contact)) {
        const id = newIdOf(transaction_id);
        if (id !== transaction_id) move.run(id, nr);
      }
    },
  };
}

function rowOf({ atMs, reason, answer }: Failure) {
  return { failed_ms: Math.round(atMs), failure: storeText(reason), answer: storeText(beginningOf(answer)) };
}
