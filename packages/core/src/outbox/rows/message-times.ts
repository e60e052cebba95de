import type { DatabaseSync } from 'node:sqlite';

/** The instants kept with waiting messages: when each is due again, and since when deliveries to its contact fail. */
export interface MessageTimes {
  /** Moves them by so many milliseconds, back where negative. */
  move(streamNr: number, by: { readonly retryMs: number; readonly failingSinceMs: number }): void;
  /** Makes due at once what is due later than any pause ends: another clock wrote it. */
  pullBack(streamNr: number, nowMs: number): void;
}

/** Longer than any pause between two attempts: seven days and a tenth at most. */
const LONGEST_PAUSE_MS = 8 * 86_400_000;

/** Only heads of lines have such instants, so no more is read than the two indexes of heads name. */
export function createMessageTimes(db: DatabaseSync): MessageTimes {
  const moveRetries = db.prepare(`
    UPDATE messages INDEXED BY messages_retry SET retry_ms = retry_ms + ?, failing_since_ms = failing_since_ms + ?
    WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NOT NULL`);
  const moveReady = db.prepare(`
    UPDATE messages INDEXED BY messages_ready SET failing_since_ms = failing_since_ms + ?
    WHERE stream_nr = ? AND is_head = 1 AND retry_ms IS NULL AND failing_since_ms IS NOT NULL`);
  const pullBack = db.prepare(`
    UPDATE messages INDEXED BY messages_retry SET retry_ms = ?, failing_since_ms = MIN(failing_since_ms, ?)
    WHERE stream_nr = ? AND is_head = 1 AND retry_ms > ?`);
  return {
    move(streamNr, { retryMs, failingSinceMs }) {
      moveRetries.run(retryMs, failingSinceMs, streamNr);
      moveReady.run(failingSinceMs, streamNr);
    },
    pullBack: (streamNr, nowMs) => void pullBack.run(nowMs, nowMs, streamNr, nowMs + LONGEST_PAUSE_MS),
  };
}
