import type { DatabaseSync } from 'node:sqlite';
import type { RetryShare } from '../faces/delivery-queue.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText } from '../file/stored-text.js';
import type { MessageRow } from './waiting-messages.js';

/**
 * The first messages of contacts that may be sent. Messages that the claim of that epoch has already taken are left
 * out.
 */
export interface DueMessages {
  /**
   * Returns first messages without a time of their own, then retries; of each kind, those that have been due longest
   * first.
   */
  list(streamNr: number, epoch: bigint | number, query: DueQuery): readonly MessageRow[];
  /** Returns when the next message is due; a message that may be sent at once is due now. Null: there is none. */
  nextMs(streamNr: number, epoch: bigint | number, nowMs: number): number | null;
  /** Returns when the oldest waiting message was queued, taken or not. */
  oldestMs(streamNr: number): number | null;
}

export interface DueQuery {
  readonly limit: number;
  readonly retries: RetryShare;
  readonly nowMs: number;
  /** Contacts to leave out. */
  readonly except: ReadonlySet<string>;
  /**
   * Returns whether to take this message. If not, the next message is taken instead. Called before each message is
   * added.
   */
  admits(message: MessageRow): boolean;
}

/**
 * Reads two indexes, each from its beginning: messages that may be sent at once, in the order of the queue, and
 * messages that wait for their time. The first index needs no clock, so a clock that was set back never delays a
 * message that has not failed.
 */
export function createDueMessages(db: DatabaseSync): DueMessages {
  const ready = prepareQuery<MessageRow>(
    db,
    `SELECT * FROM messages INDEXED BY messages_ready
     WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NULL AND taken_by IS NOT ? ORDER BY nr`,
    { key: 'nr' },
  );
  const retry = prepareQuery<MessageRow>(
    db,
    `SELECT * FROM messages INDEXED BY messages_retry
     WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NOT NULL AND taken_by IS NOT ? ORDER BY retry_ms`,
    { key: 'nr' },
  );
  const oldest = prepareQuery<{ readonly queued_ms: number }>(
    db,
    'SELECT queued_ms FROM messages NOT INDEXED WHERE stream_nr = ? ORDER BY nr LIMIT 1',
  );
  return {
    list(streamNr, epoch, query) {
      const { limit, retries } = query;
      const mostRetries = Math.min(limit, retries.atMost);
      const again: MessageRow[] = [];
      const first: MessageRow[] = [];
      addDue(again, retry.iterate(streamNr, epoch), query, Math.min(mostRetries, retries.atLeast));
      addDue(first, ready.iterate(streamNr, epoch), query, limit - again.length);
      addDue(again, retry.iterate(streamNr, epoch), query, Math.min(mostRetries, limit - first.length));
      return [...first, ...again];
    },
    nextMs(streamNr, epoch, nowMs) {
      if (ready.get(streamNr, epoch)) return nowMs;
      return retry.get(streamNr, epoch)?.retry_ms ?? null;
    },
    oldestMs: (streamNr) => oldest.get(streamNr)?.queued_ms ?? null,
  };
}

/** Adds due messages until there are as many as `most`. */
function addDue(
  found: MessageRow[],
  heads: Iterable<MessageRow>,
  { nowMs, except, admits }: DueQuery,
  most: number,
): void {
  if (found.length >= most) return;
  const before = new Set(found.map(({ nr }) => nr));
  for (const head of heads) {
    if (head.retry_ms !== null && head.retry_ms > nowMs) break;
    if (before.has(head.nr) || (except.size > 0 && except.has(readText(head.contact)))) continue;
    if (!admits(head)) continue;
    if (found.push(head) >= most) break;
  }
}
