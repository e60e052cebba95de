import type { DeliveryDetails, LoggedAttempt, WaitingDelivery } from '@dbsync/core/cli-kit';
import { formatCounted, formatDuration } from '../terminal/figures.js';
import { printableLine } from '../terminal/printable.js';
import { wrapText } from '../terminal/wrap-text.js';

/** Writes a message in full, within the width of the terminal. */
export function detailsLines(details: DeliveryDetails, columns: number, nowMs: number): readonly string[] {
  const { id, waiting, body, attempts } = details;
  const whose = waiting ?? attempts.at(-1);
  return [
    `id           ${id}`,
    `contact      ${printableLine(whose?.contactId ?? '-')}`,
    `transaction  ${printableLine(whose?.transactionId ?? '-')}`,
    ...(waiting === null ? [`state        ${endOf(attempts)}`] : waitingLines(waiting, nowMs)),
    ...(body === null ? ['body         no longer kept'] : bodyLines(body, columns)),
    attempts.length === 0 ? 'attempts     none in the log' : 'attempts',
    ...attempts.flatMap((attempt) => attemptLines(attempt, columns)),
  ];
}

function waitingLines({ state, position, attempts, dueMs, queuedMs, isReplay }: WaitingDelivery, nowMs: number) {
  const positionText = { first: 'next of its contact', underway: 'under way', behind: 'behind another of its contact' };
  const next = position !== 'first' ? '' : `; next try ${nextTry(dueMs, nowMs)}`;
  return [
    `state        ${state ?? 'not tried yet'}${isReplay ? ', a replay' : ''}, ${positionText[position]}${next}`,
    `tried        ${formatCounted(attempts, 'time')}, queued at ${new Date(queuedMs).toISOString()}`,
  ];
}

/** Writes when a message is tried next. */
export function nextTry(dueMs: number | null, nowMs: number): string {
  return dueMs === null || dueMs <= nowMs ? 'at once' : `in ${formatDuration(dueMs - nowMs)}`;
}

function endOf(attempts: readonly LoggedAttempt[]): string {
  const last = attempts.at(-1);
  if (last?.outcome === 'accepted') return `accepted at ${new Date(last.endedMs).toISOString()}`;
  return last?.outcome === 'dead' ? 'given up: see dbsync dead-letters list' : 'does not wait any more';
}

function bodyLines({ contact, transaction }: NonNullable<DeliveryDetails['body']>, columns: number): readonly string[] {
  return [
    'body',
    ...wrapText(printableLine(`contact ${contact}`), columns, '  '),
    ...wrapText(printableLine(`transaction ${transaction}`), columns, '  '),
  ];
}

function attemptLines({ endedMs, tookMs, status, outcome, reason, answer }: LoggedAttempt, columns: number) {
  const took = tookMs === null ? '?' : `${tookMs} ms`;
  const head = `  ${new Date(endedMs).toISOString()}  ${took.padStart(8)}  ${String(status ?? '-').padStart(3)}  ${outcome}`;
  const said = [reason, answer].filter((text) => text !== null && text !== '').join(': ');
  return said === '' ? [head] : [head, ...wrapText(printableLine(said), columns, '    ')];
}
