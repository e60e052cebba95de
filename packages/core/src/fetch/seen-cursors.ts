import { hash } from 'node:crypto';

/**
 * Above this number all cursors are forgotten. A longer circle of cursors is found too, since its pages bring no new
 * entries.
 */
const MOST_CURSORS = 100_000;

/** The cursors of one reading. */
export interface SeenCursors {
  /** Adds the cursor. Returns whether it is new. */
  add(cursor: string): boolean;
}

/** Remembers a hash of each cursor, since a cursor may be long. */
export function createSeenCursors(): SeenCursors {
  const seen = new Set<string>();
  return {
    add(cursor) {
      const key = hash('sha256', cursor, 'base64');
      if (seen.has(key)) return false;
      if (seen.size >= MOST_CURSORS) seen.clear();
      seen.add(key);
      return true;
    },
  };
}
