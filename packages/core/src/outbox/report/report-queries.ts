import type { Stream } from '../../contract/index.js';
import type { Failure } from '../faces/delivery-queue.js';
import type {
  AcceptedDelivery,
  DeliveryIdentity,
  DeliverySummary,
  WaitingContact,
  WaitingDelivery,
} from '../faces/reported-deliveries.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText } from '../file/stored-text.js';
import { SUPERSEDED } from '../rows/kept-dead-letters.js';
import { messageIdText } from '../rows/message-id.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { StreamRow } from '../rows/stream-row.js';
import type { MessageRow } from '../rows/waiting-messages.js';

const NOTHING: DeliverySummary = {
  messages: 0,
  contacts: 0,
  failingContacts: 0,
  heldUpMessages: 0,
  oldestMs: null,
  lastFailure: null,
  lastAcceptedMs: null,
  accepted: 0,
  dead: 0,
  superseded: 0,
};

export function readSummary(rows: OutboxRows, stream: Stream): DeliverySummary {
  const row = rows.streams.find(stream);
  if (row === undefined) return NOTHING;
  return {
    messages: row.messages,
    contacts: row.lines,
    accepted: row.accepted,
    oldestMs: rows.due.oldestMs(row.nr),
    ...readFailing(rows, row),
    ...readDead(rows, row),
    lastAcceptedMs:
      prepareQuery<{ readonly last: number }>(
        rows.db,
        'SELECT ended_ms AS last FROM attempts WHERE stream_nr = ? AND outcome = 0 ORDER BY nr DESC LIMIT 1',
      ).get(row.nr)?.last ?? null,
  };
}

function readFailing({ db }: OutboxRows, { nr }: StreamRow) {
  const failing = `SELECT contact FROM messages WHERE stream_nr = ? AND is_head = 1 AND failing_since_ms IS NOT NULL`;
  const counts = prepareQuery<{ readonly contacts: number; readonly messages: number }>(
    db,
    `SELECT count(DISTINCT contact) AS contacts, count(*) AS messages FROM messages
     WHERE stream_nr = ? AND contact IN (${failing})`,
  ).get(nr, nr);
  const last = prepareQuery<MessageRow>(
    db,
    'SELECT * FROM messages WHERE stream_nr = ? AND failed_ms IS NOT NULL ORDER BY failed_ms DESC LIMIT 1',
  ).get(nr);
  return {
    failingContacts: counts?.contacts ?? 0,
    heldUpMessages: counts?.messages ?? 0,
    lastFailure: last ? failureOf(last) : null,
  };
}

function readDead({ db }: OutboxRows, { nr }: StreamRow) {
  const counts = prepareQuery<{ readonly total: number; readonly superseded: number }>(
    db,
    `SELECT count(*) AS total, count(*) FILTER (WHERE code = '${SUPERSEDED}') AS superseded FROM dead_letters
     WHERE stream_nr = ? AND kind = 'message'`,
  ).get(nr);
  const { total, superseded } = counts ?? { total: 0, superseded: 0 };
  return { dead: total - superseded, superseded };
}

export function readWaiting(
  { db, streams }: OutboxRows,
  stream: Stream,
  { failedOnly, after = 0, limit }: { readonly failedOnly: boolean; readonly after?: number; readonly limit: number },
): readonly WaitingDelivery[] {
  const row = streams.find(stream);
  if (row === undefined) return [];
  const failed = failedOnly ? 'AND failed_ms IS NOT NULL' : '';
  const waiting = prepareQuery<MessageRow>(
    db,
    `SELECT * FROM messages WHERE stream_nr = ? AND nr > ? ${failed} ORDER BY nr LIMIT ?`,
  );
  return waiting.all(row.nr, after, limit).map((message) => waitingOf(message, row));
}

/** Returns a waiting message in the form of reports. */
export function waitingOf(message: MessageRow, stream: StreamRow): WaitingDelivery {
  return {
    ...identityOf(message),
    place: message.nr,
    state: message.state,
    attempts: message.attempts,
    position: positionOf(message, stream),
    dueMs: message.retry_ms,
    failingSinceMs: message.failing_since_ms,
    failure: failureOf(message),
    isReplay: message.is_replay === 1,
  };
}

export function readContacts(
  { db, streams }: OutboxRows,
  stream: Stream,
  { failedOnly, after = 0, limit }: { readonly failedOnly: boolean; readonly after?: number; readonly limit: number },
): readonly WaitingContact[] {
  const row = streams.find(stream);
  if (row === undefined) return [];
  const failed = failedOnly ? 'AND failed_ms IS NOT NULL' : '';
  const heads = prepareQuery<MessageRow & { readonly waiting_messages: number }>(
    db,
    `SELECT *, (SELECT count(*) FROM messages AS own
       WHERE own.stream_nr = head.stream_nr AND own.contact = head.contact) AS waiting_messages
     FROM messages AS head WHERE stream_nr = ? AND nr > ? AND is_head = 1 ${failed} ORDER BY nr LIMIT ?`,
  );
  return heads.all(row.nr, after, limit).map((head) => ({ ...waitingOf(head, row), messages: head.waiting_messages }));
}

export function readAccepted({ db, streams }: OutboxRows, stream: Stream, limit: number): readonly AcceptedDelivery[] {
  const row = streams.find(stream);
  if (row === undefined) return [];
  const accepted = prepareQuery<AcceptedAttempt>(
    db,
    `SELECT message_id AS id, contact, transaction_id, queued_ms, state, attempts, ended_ms FROM attempts
     WHERE stream_nr = ? AND outcome = 0 ORDER BY nr DESC LIMIT ?`,
  );
  return accepted.all(row.nr, limit).map((delivery) => ({
    ...identityOf(delivery),
    state: delivery.state,
    attempts: delivery.attempts,
    acceptedMs: delivery.ended_ms,
  }));
}

type AcceptedAttempt = Pick<MessageRow, 'id' | 'contact' | 'transaction_id' | 'queued_ms' | 'attempts'> & {
  readonly state: 'new' | 'updated';
  readonly ended_ms: number;
};

function identityOf(row: Pick<MessageRow, 'id' | 'contact' | 'transaction_id' | 'queued_ms'>): DeliveryIdentity {
  return {
    id: messageIdText(row.id),
    contactId: readText(row.contact),
    transactionId: readText(row.transaction_id),
    queuedMs: row.queued_ms,
  };
}

function positionOf({ is_head, taken_by }: MessageRow, { epoch, holder }: StreamRow): WaitingDelivery['position'] {
  if (is_head === 0) return 'behind';
  return taken_by === epoch && holder !== null ? 'underway' : 'first';
}

function failureOf({ failed_ms, failure, answer }: MessageRow): Failure | null {
  if (failed_ms === null) return null;
  return { atMs: failed_ms, reason: readText(failure ?? ''), answer: readText(answer ?? '') };
}
