import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';

/** So much stays in the file for what is queued next: 16 MiB. */
const KEPT_PAGES = 4_096;
/** A few milliseconds each time. */
const PAGES_A_STEP = 512;

/** The room that drained messages leave in the file. It is used again; what is more than that goes back to the disk. */
export interface SpareRoom {
  /** A step of it, within a commit. */
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
