import type { DatabaseSync } from 'node:sqlite';

/** A cache of 32 MB is as fast as one of 64 MB up to some millions of rows. */
const MOST_KIB = 32 * 1024;
/** The caches of all connections of the process together. */
const TOGETHER_KIB = 128 * 1024;
const LEAST_KIB = 1024;

/** The connections whose caches count. */
const sharing = new Set<DatabaseSync>();

/**
 * Gives the connection its share of the memory for caches, and changes the shares of all others: 32 MB each up to four of them, then less. A
 * process of a hundred campaigns would hold 3 GB otherwise, once their files are large. Call the returned function before it is closed.
 */
export function shareCache(database: DatabaseSync): () => void {
  sharing.add(database);
  divide();
  return () => {
    if (sharing.delete(database)) divide();
  };
}

function divide(): void {
  const kib = Math.min(MOST_KIB, Math.max(LEAST_KIB, Math.floor(TOGETHER_KIB / sharing.size)));
  for (const database of sharing) database.exec(`pragma cache_size = -${kib}`);
}
