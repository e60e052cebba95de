import type { SQLInputValue } from 'node:sqlite';
import type { Stream } from '../../contract/index.js';
import type { DeliveryDetails, LoggedAttempt } from '../faces/reported-deliveries.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeId } from '../file/stored-text.js';
import { OUTCOME_CODES } from '../rows/attempt-log.js';
import type { MessageBody } from '../rows/message-body.js';
import { messageIdText } from '../rows/message-id.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { StreamRow } from '../rows/stream-row.js';
import type { MessageRow } from '../rows/waiting-messages.js';
import { waitingOf } from './report-queries.js';

/** Selects the messages that are shown in full. The beginning of an id is enough. */
export type DeliveryDetailsSelection =
  | { readonly idStart: string }
  | { readonly contactId: string }
  | { readonly transactionId: string }
  | { readonly all: true };

interface AttemptRow {
  readonly message_id: Uint8Array;
  readonly contact: StoredText;
  readonly transaction_id: StoredText;
  readonly outcome: number;
  readonly ended_ms: number;
  readonly took_ms: number | null;
  readonly status: number | null;
  readonly reason: StoredText | null;
  readonly answer: StoredText | null;
  readonly body_nr: number | null;
}

/** A condition on messages, and the same condition on attempts. */
interface Condition {
  readonly waiting: string;
  readonly values: readonly SQLInputValue[];
  readonly ended: string;
  readonly endedValues: readonly SQLInputValue[];
}

/**
 * Returns the messages that match, at most `limit`: first the waiting ones, then those that have ended. Unless an id is
 * given, it reads the whole log of attempts. So it is only for commands: they run beside the daemon and do not delay
 * it.
 */
export function readDetails(
  rows: OutboxRows,
  stream: Stream,
  selection: DeliveryDetailsSelection,
  limit: number,
): readonly DeliveryDetails[] {
  const { db, streams } = rows;
  const row = streams.find(stream);
  const condition = row === undefined ? null : conditionOf(selection, row.nr, limit);
  if (row === undefined || condition === null) return [];
  const { waiting, values, ended, endedValues } = condition;
  const messages = prepareQuery<MessageRow>(
    db,
    `SELECT * FROM messages WHERE stream_nr = ? AND ${waiting} ORDER BY nr LIMIT ?`,
  ).all(row.nr, ...values, limit);
  const attempts = prepareQuery<AttemptRow>(
    db,
    `SELECT * FROM attempts WHERE stream_nr = ? AND ${ended} ORDER BY nr`,
  ).all(row.nr, ...endedValues);
  return detailsOf(rows, row, messages, attempts).slice(0, limit);
}

function conditionOf(selection: DeliveryDetailsSelection, streamNr: number, limit: number): Condition | null {
  if ('all' in selection) {
    const ended = 'message_id IN (SELECT id FROM messages WHERE stream_nr = ? ORDER BY nr LIMIT ?)';
    return { waiting: 'TRUE', values: [], ended, endedValues: [streamNr, limit] };
  }
  if ('contactId' in selection) return sameCondition('contact = ?', storeId(selection.contactId));
  if ('transactionId' in selection) return sameCondition('transaction_id = ?', storeId(selection.transactionId));
  const [, digits] = /^(?:msg_)?([\da-f]{1,32})$/.exec(selection.idStart) ?? [];
  if (digits === undefined) return null;
  const bounds = ['0', 'f'].map((digit) => Buffer.from(digits.padEnd(32, digit), 'hex'));
  const isBetween = 'BETWEEN ? AND ?';
  return { waiting: `id ${isBetween}`, values: bounds, ended: `message_id ${isBetween}`, endedValues: bounds };
}

function sameCondition(is: string, value: SQLInputValue): Condition {
  return { waiting: is, values: [value], ended: is, endedValues: [value] };
}

function detailsOf(
  { db }: OutboxRows,
  stream: StreamRow,
  messages: readonly MessageRow[],
  attempts: readonly AttemptRow[],
): readonly DeliveryDetails[] {
  const body = prepareQuery<MessageBody>(db, 'SELECT contact, transaction_body FROM bodies WHERE message_nr = ?');
  const bodyAt = (nr: number | null | undefined) => {
    const found = nr == null ? undefined : body.get(nr);
    return found === undefined ? null : { contact: found.contact, transaction: found.transaction_body };
  };
  const byId = new Map<string, AttemptRow[]>();
  for (const attempt of attempts) {
    const id = messageIdText(attempt.message_id);
    byId.set(id, [...(byId.get(id) ?? []), attempt]);
  }
  const waiting = messages.map((message) => {
    const id = messageIdText(message.id);
    const its = byId.get(id) ?? [];
    byId.delete(id);
    return { id, waiting: waitingOf(message, stream), body: bodyAt(message.nr), attempts: its.map(attemptOf) };
  });
  const ended = [...byId].map(([id, its]) => ({
    id,
    waiting: null,
    body: bodyAt(its.findLast(({ body_nr }) => body_nr !== null)?.body_nr),
    attempts: its.map(attemptOf),
  }));
  return [...waiting, ...ended];
}

function attemptOf(row: AttemptRow): LoggedAttempt {
  return {
    id: messageIdText(row.message_id),
    contactId: readText(row.contact),
    transactionId: readText(row.transaction_id),
    outcome: OUTCOMES[row.outcome] ?? 'postponed',
    endedMs: row.ended_ms,
    tookMs: row.took_ms,
    status: row.status,
    reason: row.reason === null ? null : readText(row.reason),
    answer: row.answer === null ? '' : readText(row.answer),
  };
}

const OUTCOMES: Readonly<Record<number, LoggedAttempt['outcome']>> = {
  [OUTCOME_CODES.accepted]: 'accepted',
  [OUTCOME_CODES.failed]: 'failed',
  [OUTCOME_CODES.postponed]: 'postponed',
  [OUTCOME_CODES.dead]: 'dead',
};
