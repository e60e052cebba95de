import { deadLetterKey } from '../../records/new-dead-letter.js';
import type { DeliverySelection } from '../faces/delivery-acts.js';
import { readText, storeId } from '../file/stored-text.js';
import type { AcceptedRow } from '../rows/accepted-rows.js';
import type { ActStep, OpenAct } from '../rows/act-rows.js';
import { ACCEPTED } from '../rows/delivery-ledger.js';
import { messageIdText, parseMessageId } from '../rows/message-id.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { MessageRow } from '../rows/waiting-messages.js';
import { moveToDeadLetters, type SettleContext } from './settle-outcome.js';
import { sameHash } from './transaction-hash.js';

/**
 * The number of messages that one step reads. It is small, so that attempts are settled between the steps of a long
 * act.
 */
const STEP = 200;

/** The result of one step of an act; `isOver`: it was the last step. */
export interface PerformedStep extends ActStep {
  readonly isOver: boolean;
  /** The contacts whose messages a replay left out, since the campaign has deleted them. Absent: none. */
  readonly deleted?: readonly string[];
}

/** The rules of one step of a replay. */
export interface ReplayRules {
  /** The number of the act that these rules belong to. */
  readonly actNr: number;
  /** The last accepted message whose contact was looked up. Later messages belong to the next step. */
  readonly lastNr: number;
  /** The contacts that the campaign has deleted. */
  readonly deleted: ReadonlySet<string>;
}

/** Returns the accepted messages of the next step of a replay. */
export function replayPage({ accepted }: OutboxRows, streamNr: number, open: OpenAct): readonly AcceptedRow[] {
  const { act, askedMs, place } = open;
  if (act?.act !== 'replay') return [];
  // Messages that were accepted after the request of the act are left out. Otherwise the act would send its own
  // messages again.
  const span = { sinceMs: act.sinceMs, untilMs: Math.min(act.untilMs, askedMs + 1) };
  return accepted.between(streamNr, place, span, STEP);
}

/** Does one step of an act, within a commit of the holder of the stream. */
export function performStep(
  rows: OutboxRows,
  open: OpenAct,
  context: SettleContext,
  replaying: ReplayRules | null = null,
): PerformedStep {
  const { act, askedBy, place } = open;
  const { nowMs } = context;
  switch (act?.act) {
    case 'pause':
      rows.control.pause({ sinceMs: nowMs, by: askedBy });
      return { ...NOTHING, isOver: true };
    case 'resume':
      rows.control.resume();
      return { ...NOTHING, isOver: true };
    case 'retry': {
      const found = selected(rows, act.selection, context, (after) =>
        rows.pages.pausedHeads(context.stream.nr, after, STEP),
      )(place);
      return stepOver(found, (message) => retry(rows, message, context));
    }
    case 'drop': {
      const found = selected(rows, act.selection, context, (after) => rows.pages.list(context.stream.nr, after, STEP))(
        place,
      );
      return stepOver(found, (message) => drop(rows, message, askedBy, context));
    }
    case 'replay': {
      const page = replayPage(rows, context.stream.nr, open);
      const { lastNr, deleted } = replaying ?? { lastNr: Number.POSITIVE_INFINITY, deleted: new Set<string>() };
      const messages = page.filter(({ nr }) => nr <= lastNr);
      const isLeft = ({ contact }: AcceptedRow) => deleted.has(readText(contact));
      const left = messages.filter(isLeft).map(({ contact }) => readText(contact));
      const isOver = page.length < STEP && messages.length === page.length;
      const done = stepOver({ messages, isOver }, (row) => (isLeft(row) ? 'passedOver' : replay(rows, row, context)));
      return { ...done, place: messages.at(-1)?.nr ?? place, deleted: [...new Set(left)] };
    }
    default:
      return { ...NOTHING, isOver: true };
  }
}

const NOTHING: ActStep = { place: 0, done: 0, passedOver: 0, gone: 0 };

interface Found<Row> {
  readonly messages: readonly Row[];
  readonly isOver: boolean;
}

/**
 * Finds the messages of an act. Messages named by id, or of one contact, are found in one step; all messages page by
 * page.
 */
function selected(
  { messages, pages }: OutboxRows,
  selection: DeliverySelection,
  { stream }: SettleContext,
  page: (after: number) => readonly MessageRow[],
): (place: number) => Found<MessageRow> {
  if ('contactId' in selection) {
    return () => ({ messages: pages.ofContact(stream.nr, storeId(selection.contactId)), isOver: true });
  }
  if ('ids' in selection) {
    const ids = selection.ids.map(parseMessageId).filter((id) => id !== null);
    const found = ids.map(messages.findById).filter((message) => message?.stream_nr === stream.nr);
    return () => ({ messages: found.filter((message) => message !== undefined), isOver: true });
  }
  return (place) => {
    const found = page(place);
    return { messages: found, isOver: found.length < STEP };
  };
}

type Effect = 'done' | 'passedOver' | 'gone';

function stepOver<Row extends { readonly nr: number }>(
  { messages, isOver }: Found<Row>,
  effectOn: (row: Row) => Effect,
): PerformedStep {
  const counts = { done: 0, passedOver: 0, gone: 0 };
  for (const message of messages) counts[effectOn(message)] += 1;
  return { ...counts, place: messages.at(-1)?.nr ?? 0, isOver };
}

function retry({ messages }: OutboxRows, message: MessageRow, { stream, nowMs }: SettleContext): Effect {
  const waits = message.is_head === 1 && message.retry_ms !== null && message.retry_ms > nowMs;
  if (!waits || message.taken_by === stream.epoch) return 'passedOver';
  messages.makeDue(message.nr, nowMs);
  return 'done';
}

/** Makes a message a dead letter. A message under way is left alone, since it may be accepted. */
function drop(rows: OutboxRows, message: MessageRow, by: string, context: SettleContext): Effect {
  const now = rows.messages.find(message.nr);
  if (now === undefined || now.taken_by === context.stream.epoch) return 'passedOver';
  const failure = { atMs: context.nowMs, reason: `Dropped by ${by}`, answer: readText(now.answer ?? '') };
  const { attempts, failing_since_ms: failingSinceMs } = now;
  moveToDeadLetters(rows, now, { code: 'DELIVERY_DROPPED', failure, attempts, failingSinceMs }, context);
  return 'done';
}

/**
 * Queues an accepted message again, but only the newest version of a transaction, so a receiver never gets an older
 * version after it (R26).
 */
function replay(rows: OutboxRows, row: AcceptedRow, { stream, name, nowMs, counts }: SettleContext): Effect {
  const { ledger, messages, accepted, deadLetters } = rows;
  const { message_id: id, contact, transaction_id, state, hash, body_nr } = row;
  const entry = ledger.find(stream.nr, transaction_id);
  if (hash !== null && entry && (entry.outcome !== ACCEPTED || !sameHash(entry.queued, hash))) return 'passedOver';
  if (messages.findById(id)) return 'passedOver';
  // A body of a message that waits belongs to that message, whatever another program wrote into the acceptance (R36).
  const isKept = body_nr !== null && messages.find(body_nr) === undefined;
  const body = isKept ? accepted.bodyOf(body_nr) : undefined;
  if (body === undefined || hash === null) return 'gone';
  const queued = { stream_nr: stream.nr, id, contact, transaction_id, hash, queued_ms: nowMs, state, is_replay: 1 };
  const { isHead } = messages.add(queued, body);
  // Removes the dead letter of an earlier replay of this message, since a message is never both waiting and dead.
  deadLetters.remove(stream.nr, deadLetterKey(name, 'message', messageIdText(id)));
  counts.messages += 1;
  if (isHead) counts.contactQueues += 1;
  return 'done';
}
