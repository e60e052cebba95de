import type { DatabaseSync } from 'node:sqlite';

/** A cache of 32 MB is as fast as one of 64 MB up to some millions of rows. */
const CACHE_KIB = { most: 32 * 1024, together: 64 * 1024, least: 256 };
/** A compiled statement takes 10 to 40 KB. */
const STATEMENTS = { most: 200, together: 2_400, least: 0 };
/**
 * The number of different statements in a cycle of a daemon. A smaller cache would have dropped each of them before it comes again.
 * It only takes memory, and the more of it since Node frees a dropped statement late.
 */
const STATEMENTS_OF_CYCLE = 50;

/** The connections that share the memory of the process. */
const sharing = new Set<DatabaseSync>();

/** The part of one connection. */
export interface ShareOfMemory {
  /** Returns the number of compiled statements that the connection may keep now: those of a cycle at least, or none. */
  statements(): number;
  /** Gives the connection less memory for pages than its part, in KiB. null: its part again. */
  setPages(most: number | null): void;
  /** Gives the part to the others. Call it before the connection is closed. */
  leave(): void;
}

/**
 * Gives the connection its part of the memory for pages and for compiled statements, and changes the parts of all others: 32 MB of pages for
 * each up to two of them, then less. A process of a hundred campaigns would hold 3 GB of pages otherwise, once their files are
 * large, and 200 MB of statements.
 */
export function shareMemory(database: DatabaseSync): ShareOfMemory {
  sharing.add(database);
  dividePages();
  return {
    statements() {
      const part = partOf(STATEMENTS);
      return part < STATEMENTS_OF_CYCLE ? 0 : part;
    },
    setPages: (most) => setPages(database, most),
    leave() {
      if (sharing.delete(database)) dividePages();
    },
  };
}

function dividePages(): void {
  for (const database of sharing) setPages(database, null);
}

function setPages(database: DatabaseSync, most: number | null): void {
  try {
    database.exec(`pragma cache_size = -${Math.min(most ?? Number.POSITIVE_INFINITY, partOf(CACHE_KIB))}`);
  } catch {
    // The file cannot be read: its campaign finds that by itself, and keeps the memory that it had.
  }
}

function partOf({ most, together, least }: typeof STATEMENTS): number {
  return Math.min(most, Math.max(least, Math.floor(together / sharing.size)));
}
