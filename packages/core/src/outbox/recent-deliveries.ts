import type { DatabaseSync } from 'node:sqlite';
import type { StreamRow } from './stream-rows.js';
import type { MessageRow } from './waiting-messages.js';

/** How many acceptances are remembered: what an administrator asks for is the last hours, and room must not grow. */
export const REMEMBERED_DELIVERIES = 1000;

/** The last messages that were accepted, for reports. */
export interface RecentDeliveries {
  /** @param before how many of the stream had been accepted before this one */
  remember(stream: StreamRow, before: number, message: MessageRow, acceptedMs: number): void;
}

export function createRecentDeliveries(db: DatabaseSync): RecentDeliveries {
  const put = db.prepare(`
    INSERT OR REPLACE INTO deliveries (slot, stream_nr, id, contact, transaction_id, state, attempts, queued_ms, accepted_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return {
    remember({ nr }, before, { id, contact, transaction_id, state, attempts, queued_ms }, acceptedMs) {
      const slot = nr * REMEMBERED_DELIVERIES + (before % REMEMBERED_DELIVERIES);
      put.run(slot, nr, id, contact, transaction_id, state, attempts + 1, queued_ms, Math.round(acceptedMs));
    },
  };
}
