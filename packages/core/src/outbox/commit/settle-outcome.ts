import type { Stream } from '../../contract/index.js';
import { newDeadLetter } from '../../records/new-dead-letter.js';
import type { Failure, Outcome } from '../faces/delivery-queue.js';
import { readText } from '../file/stored-text.js';
import { acceptedNow, deadNow, type LedgerEntry, stateOf } from '../rows/delivery-ledger.js';
import { beginningOf, recordOfBody } from '../rows/message-body.js';
import { messageIdText, parseMessageId } from '../rows/message-id.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { StreamRow } from '../rows/stream-row.js';
import type { MessageRow } from '../rows/waiting-messages.js';
import { sameHash } from './transaction-hash.js';

export interface SettleContext {
  readonly stream: StreamRow;
  readonly name: Stream;
  readonly nowMs: number;
  /** The changes of the stream's counts. */
  readonly counts: { messages: number; contactQueues: number; accepted: number };
}

/**
 * Applies the outcome of an attempt to its message and to the ledger, in one commit (R25). If the message no longer
 * exists, does nothing.
 */
export function settleOutcome(rows: OutboxRows, outcome: Outcome, context: SettleContext): void {
  const id = parseMessageId(outcome.id);
  const message = id === null ? undefined : rows.messages.findById(id);
  if (message === undefined || message.stream_nr !== context.stream.nr) return;
  if (outcome.outcome === 'accepted') accept(rows, message, outcome, context);
  else if (outcome.outcome === 'dead') giveUp(rows, message, outcome, context);
  else putBack(rows, message, outcome);
}

/** Puts a message back. Only an attempt with a known result counts, and marks the contact as failing. */
function putBack({ messages, attemptLog }: OutboxRows, message: MessageRow, outcome: PutBackOutcome): void {
  const { attempts, failing_since_ms, retry_ms } = message;
  attemptLog.notAccepted(message, outcome);
  if (outcome.outcome === 'failed') {
    const failingSinceMs = failingSince(message, outcome.failure);
    const { dueMs: retryMs, failure } = outcome;
    messages.putBack(message, { attempts: attempts + 1, retryMs, failingSinceMs, failure });
  } else {
    const { dueMs, failure } = outcome;
    const retryMs = dueMs === null ? retry_ms : Math.max(dueMs, retry_ms ?? dueMs);
    messages.putBack(message, { attempts, retryMs, failingSinceMs: failing_since_ms, failure });
  }
}

type PutBackOutcome = Extract<Outcome, { outcome: 'failed' | 'postponed' }>;

function accept(rows: OutboxRows, message: MessageRow, { attempt }: Outcome, context: SettleContext): void {
  const { stream, nowMs, counts } = context;
  const { nr, transaction_id, hash } = message;
  const entry = rows.ledger.find(stream.nr, transaction_id);
  if (entry) rows.ledger.put(stream.nr, transaction_id, acceptedNow(entry, hash, nr));
  rows.targets.noteAcceptance();
  const keepsBody = rows.attemptLog.accepted(message, nowMs, attempt);
  counts.accepted += 1;
  remove(rows, message, { failingSinceMs: null, keepsBody }, context);
}

/**
 * Gives a message up. The next message keeps `failingSinceMs`, so one dead receiver delays a contact for a bounded
 * time.
 */
function giveUp(
  rows: OutboxRows,
  message: MessageRow,
  outcome: Extract<Outcome, { outcome: 'dead' }>,
  context: SettleContext,
): void {
  const { code, failure } = outcome;
  rows.attemptLog.notAccepted(message, outcome);
  const failingSinceMs = failingSince(message, failure);
  moveToDeadLetters(rows, message, { code, failure, attempts: message.attempts + 1, failingSinceMs }, context);
}

/** The reason why a message is given up, and the number of its attempts. */
export interface GivenUp {
  readonly code: string;
  readonly failure: Failure;
  readonly attempts: number;
  /** The time since when deliveries to its contact fail; null: they do not fail. */
  readonly failingSinceMs: number | null;
}

/** Makes a waiting message a dead letter, and the next message of its contact the first. */
export function moveToDeadLetters(
  rows: OutboxRows,
  message: MessageRow,
  { code, failure, attempts, failingSinceMs }: GivenUp,
  context: SettleContext,
): void {
  const { stream, name } = context;
  const { nr, transaction_id, hash } = message;
  const contactId = readText(message.contact);
  const id = messageIdText(message.id);
  const entry = rows.ledger.find(stream.nr, transaction_id);
  const letter = newDeadLetter(
    { stream: name, now: () => new Date(failure.atMs).toISOString() },
    {
      kind: 'message',
      identity: id,
      contactId,
      md5: null,
      code,
      reason: failure.reason,
      record: {
        id,
        contactId,
        ...recordOfBody(rows.messages.bodyOf(nr)),
        state: message.state ?? stateOf(entry),
        answer: beginningOf(failure.answer),
      },
    },
  );
  rows.deadLetters.put(stream.nr, { ...letter, attempts }, { transactionId: transaction_id, hash });
  if (entry) rows.ledger.put(stream.nr, transaction_id, deadNow(entry, nr));
  if (entry === undefined || !isNewest(message, entry)) rows.deadLetters.supersede(stream.nr, transaction_id);
  remove(rows, message, { failingSinceMs, keepsBody: false }, context);
}

/**
 * Returns whether no newer version of the transaction was queued. The message of a replay is not the one in the ledger
 * entry, so its hash is compared.
 */
function isNewest({ nr, is_replay, hash }: MessageRow, entry: LedgerEntry): boolean {
  return entry.message_nr === nr || (is_replay === 1 && sameHash(entry.queued, hash));
}

function failingSince({ failing_since_ms }: MessageRow, { atMs }: Failure): number {
  return failing_since_ms ?? Math.round(atMs);
}

function remove(
  { messages }: OutboxRows,
  message: MessageRow,
  left: { readonly failingSinceMs: number | null; readonly keepsBody: boolean },
  { counts, nowMs }: SettleContext,
): void {
  counts.messages -= 1;
  if (!messages.remove(message, { ...left, nowMs })) counts.contactQueues -= 1;
}
