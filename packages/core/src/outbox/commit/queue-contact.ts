import { type Fields, jsonText, SinkError } from '../../contract/index.js';
import { readText } from '../file/stored-text.js';
import { isProof } from '../rows/contact-versions.js';
import { type LedgerEntry, PASSED_OVER, queuedAgain } from '../rows/delivery-ledger.js';
import type { MessageBody } from '../rows/message-body.js';
import { newMessageId } from '../rows/message-id.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import { followMoved } from './moved-transactions.js';
import { type QueueRules, queueDecision } from './queue-decision.js';
import { createRecast } from './recast-messages.js';
import type { StagedContact, StagedTransaction } from './staged-contact.js';
import { sameHash } from './transaction-hash.js';

/** The counts of a commit. The first four count as the rows of a `WriteResult` do, one for each transaction. */
export interface QueueCounts {
  /** Transactions queued for the first time. */
  inserted: number;
  /** Transactions queued again. */
  updated: number;
  unchanged: number;
  bytes: number;
  /** Net change in waiting messages, and net change in contacts that have waiting messages. */
  messages: number;
  contactQueues: number;
}

export interface QueueContext {
  readonly streamNr: number;
  readonly rules: QueueRules;
  readonly nowMs: number;
  readonly counts: QueueCounts;
}

/**
 * Queues each transaction that differs from its version queued last (R25), and stores the version of the contact.
 * Returns whether a transaction changed although the contact's proved md5 did not (R8).
 */
export function queueContact(rows: OutboxRows, staged: StagedContact, context: QueueContext): boolean {
  const { tree, transactions } = staged;
  const { streamNr, rules, counts } = context;
  const known = rows.contacts.find(streamNr, tree.contactId);
  if (known) followMoved(rows, streamNr, staged);
  const bodyOf = createBodies(staged);
  const recast = known === undefined ? null : createRecast(rows, staged, known, { streamNr, plan: rules.proof.plan });
  let isChanged = false;
  let queuedBytes = 0;
  for (const transaction of transactions) {
    const entry = rows.ledger.find(streamNr, transaction.id);
    if (entry !== undefined && recast?.(transaction, entry, bodyOf)) {
      counts.unchanged += 1;
      continue;
    }
    const decision = queueDecision(transaction, entry, { md5: tree.md5, known }, rules);
    if (decision === 'queue') {
      isChanged ||= entry === undefined || !sameHash(entry.queued, transaction.hash);
      const body = bodyOf(transaction);
      queuedBytes += body.contact.length + body.transaction_body.length;
      if (queuedBytes > MOST_QUEUED_BYTES) throw tooLarge(tree.contactId, transactions.length);
      queueTransaction(rows, staged, { transaction, entry, body }, context);
      continue;
    }
    counts.unchanged += 1;
    if (decision === 'pass-over') passOver(rows, streamNr, transaction);
  }
  rows.contacts.put(streamNr, tree.contactId, tree.md5, rules.proof);
  return isChanged && tree.md5 !== null && known?.md5 === tree.md5 && isProof(known, rules.proof);
}

/**
 * The largest number of bytes that one contact adds to the queue at once. Each message holds the whole contact, so an
 * answer of 16 MiB could fill any disk, and stop all deliveries. A contact of 20 kB with 10,000 transactions adds 200
 * MB.
 */
const MOST_QUEUED_BYTES = 256 << 20;

function tooLarge(contactId: string, transactions: number): SinkError {
  const message =
    `Contact ${contactId} has ${transactions} transactions. Each message holds the whole contact, so all messages together ` +
    `have more than ${MOST_QUEUED_BYTES >> 20} MiB.`;
  return new SinkError('OUTBOX_CONTACT_TOO_LARGE', message, {
    verdict: 'refused',
    outcome: 'not-committed',
    refusedContactIds: [contactId],
  });
}

interface QueuedTransaction {
  readonly transaction: StagedTransaction;
  readonly entry: LedgerEntry | undefined;
  readonly body: MessageBody;
}

/**
 * Queues a version of a transaction. If a version waits that was never attempted, the newer one replaces it, in its
 * place and with its id (R24).
 */
function queueTransaction(
  { ledger, messages, deadLetters }: OutboxRows,
  { contact }: StagedContact,
  { transaction: { id, hash }, entry, body }: QueuedTransaction,
  { streamNr, nowMs, counts }: QueueContext,
): void {
  counts[entry === undefined || entry.outcome === PASSED_OVER ? 'inserted' : 'updated'] += 1;
  counts.bytes += body.contact.length + body.transaction_body.length;
  if (entry) deadLetters.supersede(streamNr, id);
  const waiting = entry?.message_nr == null ? undefined : messages.find(entry.message_nr);
  if (waiting?.state === null && readText(waiting.transaction_id) === readText(id)) {
    messages.replace(waiting.nr, hash, body);
    ledger.put(streamNr, id, queuedAgain(entry, hash, waiting.nr));
    return;
  }
  const message = { id: newMessageId(), contact, transaction_id: id, hash, queued_ms: nowMs, state: null };
  const { nr, isHead } = messages.add({ stream_nr: streamNr, ...message }, body);
  ledger.put(streamNr, id, queuedAgain(entry, hash, nr));
  counts.messages += 1;
  if (isHead) counts.contactQueues += 1;
}

function passOver({ ledger }: OutboxRows, streamNr: number, { id, hash }: StagedTransaction): void {
  ledger.put(streamNr, id, { queued: hash, accepted: null, outcome: PASSED_OVER, message_nr: null });
}

/**
 * Creates the bodies of messages. Each holds the whole contact without its task log; that text is made once, and only
 * if a message needs it.
 */
function createBodies({ tree }: StagedContact): (transaction: StagedTransaction) => MessageBody {
  let contact: string | null = null;
  return ({ values }) => {
    contact ??= jsonText(withoutTaskLog(tree.values));
    return { contact, transaction_body: jsonText(values) };
  };
}

function withoutTaskLog(values: Fields): Fields {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== '$task_log'));
}
