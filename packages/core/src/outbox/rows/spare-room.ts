import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';

/** The free pages that stay in the file for new messages: 16 MiB. */
const KEPT_PAGES = 4_096;
/** The pages given back in one step, which takes a few milliseconds. */
const PAGES_A_STEP = 512;

/**
 * The free room that delivered messages leave in the file. New messages use it; more than `KEPT_PAGES` goes back to the
 * disk.
 */
export interface SpareRoom {
  /** Gives back one step of it, within a commit. */
  giveBack(): void;
}

export function createSpareRoom(db: DatabaseSync): SpareRoom {
  const spare = prepareQuery<{ readonly freelist_count: number }>(db, 'PRAGMA freelist_count');
  return {
    giveBack() {
      const pages = (spare.get()?.freelist_count ?? 0) - KEPT_PAGES;
      if (pages > 0) db.exec(`PRAGMA incremental_vacuum(${Math.min(pages, PAGES_A_STEP)})`);
    },
  };
}
