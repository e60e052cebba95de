import type { AcceptedDelivery, DeliverySummary, WaitingDelivery } from '@dbsync/core';
import { formatCounted } from '../terminal/figures.js';
import { textTable } from '../terminal/text-table.js';

const REASON_SHOWN = 80;

/** Does anything move, what is held up, since when. */
export function summaryLines(campaign: string, summary: DeliverySummary): readonly string[] {
  const { messages, contacts, oldestMs, failingContacts, heldUpMessages, lastFailure, accepted, lastAcceptedMs } =
    summary;
  const waiting =
    messages === 0
      ? 'nothing waits to be delivered'
      : `${formatCounted(messages, 'message')} for ${formatCounted(contacts, 'contact')} wait, the oldest since ${instant(oldestMs)}`;
  const lines = [`Campaign ${campaign}: ${waiting}.`];
  if (failingContacts > 0) {
    const held = formatCounted(heldUpMessages, 'message');
    lines.push(`Failing: ${formatCounted(failingContacts, 'contact')}, whose ${held} are held up.`);
  }
  if (lastFailure !== null) lines.push(`The last failure: ${instant(lastFailure.atMs)}, ${lastFailure.reason}`);
  if (accepted === 0) lines.push('Nothing was accepted yet.');
  else lines.push(`Accepted so far: ${formatCounted(accepted, 'message')}, the last at ${instant(lastAcceptedMs)}.`);
  if (summary.dead > 0) {
    const more = summary.superseded > 0 ? `, and ${summary.superseded} of which a newer version was queued since` : '';
    lines.push(`Given up: ${formatCounted(summary.dead, 'message')}${more}. See dbsync dead-letters list.`);
  }
  return lines;
}

export function waitingTable(deliveries: readonly WaitingDelivery[]): readonly string[] {
  return textTable(
    ['ID', 'CONTACT', 'STATE', 'TRIED', 'IN LINE', 'NEXT', 'FAILING SINCE', 'LAST FAILURE'],
    deliveries.map(({ id, contactId, state, attempts, position, dueMs, failingSinceMs, failure }) => [
      id,
      contactId,
      state ?? '-',
      attempts,
      position,
      instant(dueMs),
      instant(failingSinceMs),
      failure === null ? '-' : cut(failure.reason),
    ]),
  );
}

export function acceptedTable(deliveries: readonly AcceptedDelivery[]): readonly string[] {
  return textTable(
    ['ID', 'CONTACT', 'STATE', 'TRIED', 'ACCEPTED'],
    deliveries.map(({ id, contactId, state, attempts, acceptedMs }) => [
      id,
      contactId,
      state,
      attempts,
      instant(acceptedMs),
    ]),
  );
}

function instant(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString();
}

function cut(reason: string): string {
  return reason.length > REASON_SHOWN ? `${reason.slice(0, REASON_SHOWN)}...` : reason;
}
