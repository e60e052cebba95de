import type { RunEvent } from '@dbsync/core';
import { formatDuration } from '../terminal/figures.js';

/**
 * The texts of alerts hold codes, sides and durations, and no message of a driver or a receiver: that may quote values, and alerts
 * go to third parties. The log has the message.
 */
type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

const PARTS = { events: 'Events', inbound: 'Inbound calls', backfill: 'Back-fill' } as const;
const AWAITED = { api: 'API', store: 'database', endpoint: 'receiver' } as const;

export function lateText({ code, part, lagMs, allowedMs, trouble }: EventOf<'behind'>): string {
  const lag = formatDuration(lagMs);
  const what =
    part === 'listing' ? `No listing has been completed for ${lag}` : `${PARTS[part]} are ${lag} behind the campaign`;
  const cause = trouble === null ? '' : ` The last error was ${trouble.code}.`;
  return `${code}: ${what}, more than ${formatDuration(allowedMs)}.${cause} See the log of dbsync.`;
}

export function unableText({ for: side, code, waitedMs }: EventOf<'waiting'>): string {
  return `dbsync has waited for the ${AWAITED[side]} for ${formatDuration(waitedMs)}: ${code}. See the log of dbsync.`;
}

export function recoveredText({ for: side, afterMs }: EventOf<'recovered'>): string {
  return `The ${AWAITED[side]} is back after ${formatDuration(afterMs)}.`;
}

/** @param what the fixed description of the code; null: it has none */
export function endedText(code: string, what: string | null): string {
  return `dbsync has ended: ${code}${what === null ? '.' : `: ${what}`} See the log of dbsync.`;
}

/** Names the record, and leaves its reason out. */
export function letterText({ kind, contactId, code }: EventOf<'dead-letter'>): string {
  const what = contactId === null ? kind : `${kind} of contact ${contactId}`;
  return `Set aside as a dead letter: ${what}: ${code}. See dbsync dead-letters list.`;
}
