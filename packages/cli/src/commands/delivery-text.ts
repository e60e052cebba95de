import type {
  AcceptedDelivery,
  ControlState,
  DeliveryFailure,
  DeliverySummary,
  RecordedAct,
  WaitingContact,
} from '@dbsync/core/cli-kit';
import { formatCounted } from '../terminal/figures.js';
import { printableLine } from '../terminal/printable.js';
import { textTable } from '../terminal/text-table.js';
import { wrapText } from '../terminal/wrap-text.js';
import { nextTry } from './delivery-details.js';

const CONTACT_SHOWN = 20;

/** Writes the state of deliveries: their target, whether they go out, and the process that sends them. */
export function standLines(campaign: string, state: ControlState, nowMs: number): readonly string[] {
  const { target, holder } = state;
  const to = target === null ? '' : ` to ${target}`;
  const by = holder === null ? 'No process delivers now.' : `Process ${holder.pid} on ${holder.host} delivers.`;
  return [...wrapped(`Deliveries of campaign ${campaign}${to}`), ...wrapped(`${stateText(state, nowMs)} ${by}`)];
}

function stateText({ seen, pausing }: ControlState, nowMs: number): string {
  if (pausing !== null) {
    return `Paused by ${pausing.by} since ${instant(pausing.sinceMs)}: dbsync deliveries resume sends the waiting ones.`;
  }
  if (seen === null) return 'No delivery was tried yet.';
  const { state, sinceMs, nextTryMs } = seen;
  if (state === 'up') return 'The receiver takes deliveries.';
  return `${HINDERED[state]} since ${instant(sinceMs)}; next try ${nextTry(nextTryMs, nowMs)}.`;
}

const HINDERED = {
  down: 'The receiver is down',
  refusing: 'The receiver answers, but accepts nothing',
  gone: 'The receiver accepts no deliveries',
  unproven: 'The receiver has never accepted a delivery, tried',
} as const;

function wrapped(text: string): readonly string[] {
  return wrapText(text, 80);
}

/** Writes how many messages wait, how many are held up, and since when. */
export function summaryLines(summary: DeliverySummary): readonly string[] {
  const { messages, contacts, oldestMs, failingContacts, heldUpMessages, lastFailure, accepted, lastAcceptedMs } =
    summary;
  const waiting =
    messages === 0
      ? 'Nothing waits to be delivered'
      : `${formatCounted(messages, 'message')} for ${formatCounted(contacts, 'contact')} ${messages === 1 ? 'waits' : 'wait'}, the oldest since ${instant(oldestMs)}`;
  const lines = [`${waiting}.`];
  if (failingContacts > 0) {
    const held = formatCounted(heldUpMessages, 'message');
    lines.push(
      `Failing: ${formatCounted(failingContacts, 'contact')}, whose ${held} ${heldUpMessages === 1 ? 'is' : 'are'} held up.`,
    );
  }
  if (lastFailure !== null) lines.push(`The last failure: ${instant(lastFailure.atMs)}, ${lastFailure.reason}`);
  if (accepted === 0) lines.push('Nothing was accepted yet.');
  else lines.push(`Accepted so far: ${formatCounted(accepted, 'message')}, the last at ${instant(lastAcceptedMs)}.`);
  if (summary.dead > 0) {
    const more = summary.superseded > 0 ? `, and ${summary.superseded} of which a newer version was queued since` : '';
    lines.push(`Given up: ${formatCounted(summary.dead, 'message')}${more}. See dbsync dead-letters list.`);
  }
  return lines.flatMap(wrapped);
}

/** Prints two lines for each contact whose messages wait. The second has the last answer of the target. */
export function contactLines(contacts: readonly WaitingContact[], columns: number, nowMs: number): readonly string[] {
  const [head = '', rule = '', ...rows] = textTable(
    ['ID', 'CONTACT', 'WAIT', 'TRIED', 'NEXT TRY'],
    contacts.map(({ id, contactId, messages, attempts, dueMs, position }) => [
      shortId(id),
      cut(contactId, CONTACT_SHOWN),
      messages,
      attempts,
      position === 'underway' ? 'under way' : nextTry(dueMs, nowMs),
    ]),
  );
  const said = contacts.map(({ failure }) => failureLines(failure, columns));
  return [head, rule, ...rows.flatMap((row, at) => [row, ...(said[at] ?? [])])];
}

function failureLines(failure: DeliveryFailure | null, columns: number): readonly string[] {
  if (failure === null) return [];
  const { atMs, reason, answer } = failure;
  const said = answer === '' ? reason : `${reason}: ${answer}`;
  return [cut(`  ${instant(atMs)}  ${printableLine(said)}`, columns)];
}

/** Shortens an id; the rest is enough for show, retry and drop. */
function shortId(id: string): string {
  return id.slice(0, 16);
}

/** Writes the last acts of operators, the newest first. */
export function actLines(acts: readonly RecordedAct[], columns: number): readonly string[] {
  return acts.map((act) =>
    cut(`  ${instant(act.askedMs)}  ${printableLine(`${act.askedBy}: ${actText(act)}`)}`, columns),
  );
}

function actText({ act, done, doneMs }: RecordedAct): string {
  if (act === null) return 'an act of another version';
  const counted = act.act === 'pause' || act.act === 'resume' ? '' : `, ${formatCounted(done, 'message')}`;
  return `${act.act}${counted}${doneMs === null ? ', not done yet' : ''}`;
}

export function acceptedTable(deliveries: readonly AcceptedDelivery[]): readonly string[] {
  return textTable(
    ['ID', 'CONTACT', 'STATE', 'TRIED', 'ACCEPTED'],
    deliveries.map(({ id, contactId, state, attempts, acceptedMs }) => [
      shortId(id),
      cut(contactId, CONTACT_SHOWN),
      state,
      attempts,
      instant(acceptedMs),
    ]),
  );
}

function instant(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString();
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}
