import type { DatabaseSync } from 'node:sqlite';

/** The instants of waiting messages: when each is due again, and since when deliveries to its contact fail. */
export interface MessageTimes {
  /** Moves the instants by these numbers of milliseconds; a negative number moves them back. */
  move(streamNr: number, by: { readonly retryMs: number; readonly failingSinceMs: number }): void;
  /** Makes messages due at once if their time is later than the end of any pause: a wrong clock wrote that time. */
  pullBack(streamNr: number, nowMs: number): void;
}

/** A time longer than any pause between two attempts, which is at most seven days and a tenth. */
const LONGEST_PAUSE_MS = 8 * 86_400_000;

/**
 * Creates the access to the instants. Only the first message of each contact has them, so only the two indexes of first
 * messages are read.
 */
export function createMessageTimes(db: DatabaseSync): MessageTimes {
  const moveRetries = db.prepare(`
    UPDATE messages INDEXED BY messages_retry SET retry_ms = ${instant('retry_ms')} + ?, failing_since_ms = ${instant('failing_since_ms')} + ?
    WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NOT NULL`);
  const moveReady = db.prepare(`
    UPDATE messages INDEXED BY messages_ready SET failing_since_ms = ${instant('failing_since_ms')} + ?
    WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NULL AND failing_since_ms IS NOT NULL`);
  const pullBack = db.prepare(`
    UPDATE messages INDEXED BY messages_retry SET retry_ms = ?, failing_since_ms = MIN(failing_since_ms, ?)
    WHERE stream_nr = ? AND is_head = 1 AND retry_ms > ?`);
  return {
    move(streamNr, { retryMs, failingSinceMs }) {
      moveRetries.run(Math.round(retryMs), Math.round(failingSinceMs), streamNr);
      moveReady.run(Math.round(failingSinceMs), streamNr);
    },
    pullBack: (streamNr, nowMs) => void pullBack.run(nowMs, nowMs, streamNr, nowMs + LONGEST_PAUSE_MS),
  };
}

/** Returns the SQL of an instant, limited so that a time can be added to it (R36). */
function instant(column: string): string {
  return `max(-8640000000000000, min(${column}, 8640000000000000))`;
}
