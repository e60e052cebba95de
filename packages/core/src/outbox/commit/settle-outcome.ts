import type { Stream } from '../../contract/index.js';
import { newDeadLetter } from '../../records/new-dead-letter.js';
import type { Failure, Outcome } from '../faces/delivery-queue.js';
import { readText } from '../file/stored-text.js';
import { acceptedNow, deadNow, type LedgerEntry, stateOf } from '../rows/delivery-ledger.js';
import { beginningOf, recordOfBody } from '../rows/message-body.js';
import { messageIdText, parseMessageId } from '../rows/message-id.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { StreamRow } from '../rows/stream-rows.js';
import type { MessageRow } from '../rows/waiting-messages.js';
import { sameHash } from './transaction-hash.js';

export interface SettleContext {
  readonly stream: StreamRow;
  readonly name: Stream;
  readonly nowMs: number;
  /** By how much the counts of the stream change. */
  readonly counts: { messages: number; lines: number; accepted: number };
}

/** What the end of an attempt makes of its message, and of the ledger, in one commit (R25). One that is gone is gone. */
export function settleOutcome(rows: OutboxRows, outcome: Outcome, context: SettleContext): void {
  const id = parseMessageId(outcome.id);
  const message = id === null ? undefined : rows.messages.findById(id);
  if (message === undefined || message.stream_nr !== context.stream.nr) return;
  if (outcome.outcome === 'accepted') accept(rows, message, outcome, context);
  else if (outcome.outcome === 'dead') bury(rows, message, outcome, context);
  else putBack(rows, message, outcome);
}

/** Only an attempt whose end is known counts, and tells that the contact fails. */
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

/** The next of the line inherits since when the contact fails, so that a dead receiver holds it up for a bounded time. */
function bury(
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

/** Why a message is given up, and after how many attempts. */
export interface GivenUp {
  readonly code: string;
  readonly failure: Failure;
  readonly attempts: number;
  /** Since when its contact fails; null: it does not. */
  readonly failingSinceMs: number | null;
}

/** Makes a message that waits a dead letter, and the next of its contact the head. */
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

/** Whether no newer version of its transaction was queued. A replay waits beside the entry of its transaction. */
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
  if (!messages.remove(message, { ...left, nowMs })) counts.lines -= 1;
}
