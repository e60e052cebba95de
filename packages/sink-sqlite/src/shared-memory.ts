import type { DatabaseSync } from 'node:sqlite';

/** A cache of 32 MB is as fast as one of 64 MB up to some millions of rows. */
const CACHE_KIB = { most: 32 * 1024, together: 128 * 1024, least: 1024 };
/**
 * A cycle of a daemon has some 50 different statements, and a compiled one takes 10 KB and more. Of a hundred campaigns each compiles
 * most of them again in each cycle, which takes some milliseconds.
 */
const STATEMENTS = { most: 200, together: 2_400, least: 20 };

/** The connections that share the memory of the process. */
const sharing = new Set<DatabaseSync>();

/** The part of one connection. */
export interface ShareOfMemory {
  /** Returns the number of compiled statements that the connection may keep now. */
  statements(): number;
  /** Gives the part to the others. Call it before the connection is closed. */
  leave(): void;
}

/**
 * Gives the connection its part of the memory for pages and for compiled statements, and changes the parts of all others: 32 MB of pages for
 * each up to four of them, then less. A process of a hundred campaigns would hold 3 GB of pages otherwise, once their files are
 * large, and 200 MB of statements.
 */
export function shareMemory(database: DatabaseSync): ShareOfMemory {
  sharing.add(database);
  dividePages();
  return {
    statements: () => partOf(STATEMENTS),
    leave() {
      if (sharing.delete(database)) dividePages();
    },
  };
}

function dividePages(): void {
  for (const database of sharing) {
    try {
      database.exec(`pragma cache_size = -${partOf(CACHE_KIB)}`);
    } catch {
      // The file of another campaign cannot be read: that campaign finds it by itself, and keeps the part that it had.
    }
  }
}

function partOf({ most, together, least }: typeof STATEMENTS): number {
  return Math.min(most, Math.max(least, Math.floor(together / sharing.size)));
}
