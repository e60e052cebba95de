import type { RunSummary, RunTotals } from '@dbsync/core';
import { formatCount, formatDuration, perSecond } from './figures.js';

/** Writes what a run did, for the end of its output. */
export function summaryLines({ mode, tookMs, totals }: RunSummary): readonly string[] {
  const rows = totals.rowsInserted + totals.rowsUpdated;
  const figures: readonly (readonly [string, string])[] = [
    ['contacts', contactsOf(totals)],
    ['inbound calls', formatCount(totals.inboundCallsWritten)],
    [
      'rows written',
      `${formatCount(rows)} (${formatCount(totals.rowsInserted)} new, ${formatCount(totals.rowsUpdated)} changed)`,
    ],
    ['rows unchanged', formatCount(totals.rowsUnchanged)],
    ['rows/s', formatCount(perSecond(rows, tookMs))],
    ['API requests', `${formatCount(totals.apiRequests)} (${formatCount(totals.apiRetries)} repeated)`],
    [
      'dead letters',
      totals.deadLetters === 0 ? '0' : `${formatCount(totals.deadLetters)}: see dbsync dead-letters list`,
    ],
  ];
  const heading = `${mode} ended after ${formatDuration(tookMs)}`;
  return [heading, ...figures.map(([name, figure]) => `  ${name.padEnd(14)}  ${figure}`)];
}

/** Writes `2,000, all complete`, and how many of them this run had to copy. */
function contactsOf({ contactsListed, contactsWritten, deadLetters }: RunTotals): string {
  if (contactsListed === 0) return formatCount(contactsWritten);
  const copied = contactsWritten >= contactsListed ? 'all' : formatCount(contactsWritten);
  if (deadLetters > 0) return `${formatCount(contactsListed)}, not all complete (${copied} copied by this run)`;
  return `${formatCount(contactsListed)}, all complete (${copied} copied by this run)`;
}
