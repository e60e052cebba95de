import type { ExplainedTransaction } from '@dbsync/core/cli-kit';
import { formatCounted } from '../../terminal/figures.js';
import { printableLine } from '../../terminal/printable.js';
import { textTable } from '../../terminal/text-table.js';
import { wrapText } from '../../terminal/wrap-text.js';
import { nextTry } from '../delivery-details.js';
import { apiLine, factLines, letterLines, needsReplay } from './contact-facts.js';
import { holderText } from './copy-text.js';
import type { ExplainedDelivery, ExplainedOutbox } from './explained-outbox.js';

const COLUMNS = 80;
/** The code of a message that a newer version of its transaction has replaced: `replay` does not send it. */
const SUPERSEDED = 'OUTBOX_SUPERSEDED';
const SHOWN = 20;

/** Writes what is the matter with the deliveries of a contact, then the details. */
export function outboxLines(explained: ExplainedOutbox, nowMs: number): readonly string[] {
  const { id, named, contact, verdict } = explained;
  const whose = named === 'transactions' ? [`Transaction ${id} belongs to contact ${contact}.`] : [];
  const words = [...whose, matterOf(explained)].flatMap((line) => wrapText(printableLine(line), COLUMNS));
  if (verdict === 'unknown') return words;
  return [
    ...words,
    '',
    ...factLines([
      ['campaign', apiLine(explained.api)],
      ...(explained.start === null ? [] : [['start', `${explained.start}; transactions before are not sent`] as const]),
      ['held by', holderText(explained.heldBy)],
      ['read until', `events ${explained.eventsUntil ?? 'never'}`],
    ]),
    ...letterLines(explained.deadLetters),
    ...transactionLines(explained.transactions),
    ...waitingLines(explained.deliveries, nowMs),
  ];
}

function matterOf(explained: ExplainedOutbox): string {
  const { contact, campaign, transactions, deliveries, deadLetters, api, id } = explained;
  const waiting = deliveries.filter((delivery) => delivery.waiting !== null).length;
  switch (explained.verdict) {
    case 'delivered':
      return `Contact ${contact}: ${deliveredText(transactions)}${hiddenText(api?.filteredOut.length ?? 0)}`;
    case 'waiting':
      return `Contact ${contact}: ${formatCounted(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'}. To try again now: dbsync deliveries retry --contact ${contact} --campaign ${campaign}`;
    case 'dead-letter': {
      const given = deadLetters.filter(({ kind, code }) => kind !== 'message' || code !== SUPERSEDED);
      const [letter] = given;
      if (letter === undefined)
        return `Contact ${contact}: a message was given up, and its dead letter was dropped. To send the newest version: change the transaction in the campaign.`;
      return `Contact ${contact}: ${formatCounted(given.length, 'dead letter')} (${letter.code}). To send again: ${needsReplay(letter, campaign)}`;
    }
    case 'not-queued':
      return explained.heldBy === null
        ? `Contact ${contact}: the campaign has a transaction that is not queued, and no process holds the campaign. Start the daemon.`
        : `Contact ${contact}: the campaign has a transaction that is not queued, and dbsync knows no reason for it. See the log of the daemon.`;
    case 'forgotten':
      return `Contact ${contact} was forgotten, so dbsync sends nothing of it. To send it again: dbsync forget ${contact} --undo --campaign ${campaign} --url TARGET`;
    case 'deleted':
      return `Contact ${contact}: the campaign no longer has it. What was delivered before is below.`;
    case 'unread':
      return `Contact ${contact}: the API did not return it now (${api?.code}: ${api?.reason}). Run the command again later.`;
    case 'unknown':
      return `No record has the id ${id}: neither a contact of campaign ${campaign}, nor a message, an attempt or a dead letter of the outbox. Webhook mode keeps no connections: give the id of the contact or the transaction.`;
  }
}

function deliveredText(transactions: readonly ExplainedTransaction[]): string {
  const before = transactions.filter(({ state }) => state === 'before-start').length;
  const passed = transactions.filter(({ state }) => state === 'passed-over').length;
  const accepted = transactions.length - before - passed;
  const others = [
    ...(before === 0 ? [] : [`${formatCounted(before, 'transaction')} from before the start`]),
    ...(passed === 0 ? [] : [`${formatCounted(passed, 'transaction')} from before a wider filter`]),
  ];
  const rest = others.length === 0 ? '' : ` Not sent: ${others.join(', ')}.`;
  return `all ${formatCounted(accepted, 'transaction')} that are to be sent were accepted.${rest}`;
}

function hiddenText(count: number): string {
  return count === 0 ? '' : ` The filter leaves out ${formatCounted(count, 'transaction')}.`;
}

const STATES: Readonly<Record<ExplainedTransaction['state'], string>> = {
  none: 'not queued',
  'passed-over': 'not sent: before a wider filter',
  'before-start': 'not sent: before the start',
  waiting: 'waits',
  accepted: 'accepted',
  dead: 'given up',
};

function transactionLines(transactions: readonly ExplainedTransaction[]): readonly string[] {
  if (transactions.length === 0) return [];
  const rows = transactions.slice(-SHOWN).map(({ id, state, isCurrent, wasAccepted, acceptedMs }) => {
    const isOlder = !isCurrent && (state === 'accepted' || state === 'waiting');
    const before = wasAccepted && state !== 'accepted' ? ', accepted before' : '';
    const at = state === 'accepted' && acceptedMs !== null ? ` ${new Date(acceptedMs).toISOString()}` : '';
    return [id, `${STATES[state]}${at}${before}${isOlder ? ', an older version' : ''}`];
  });
  const more = transactions.length - SHOWN;
  const rest = more > 0 ? [`and ${formatCounted(more, 'earlier transaction')}: --json names all`] : [];
  return ['', ...textTable(['TRANSACTION', 'DELIVERY'], rows), ...rest];
}

function waitingLines(deliveries: readonly ExplainedDelivery[], nowMs: number): readonly string[] {
  const waiting = deliveries.flatMap((delivery) => (delivery.waiting === null ? [] : [delivery.waiting]));
  if (waiting.length === 0) return [];
  const lines = waiting.slice(0, SHOWN).flatMap(({ id, transactionId, attempts, dueMs, failure, position }) => {
    const next = position === 'first' ? `next try ${nextTry(dueMs, nowMs)}` : position;
    const failed =
      failure === null
        ? ''
        : `, last failure: ${[failure.reason, failure.answer].filter((said) => said !== '').join(': ')}`;
    const text = `${id} of transaction ${transactionId}: tried ${formatCounted(attempts, 'time')}, ${next}${failed}`;
    return wrapText(printableLine(text), COLUMNS);
  });
  const more = waiting.length - SHOWN;
  return ['', 'Waiting messages:', ...lines, ...(more > 0 ? [`and ${more} more: dbsync deliveries list`] : [])];
}
