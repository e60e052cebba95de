import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import { ApiFault } from './api-fault.js';
import { createSeenEntries } from './seen-entries.js';

/**
 * Pages in a row that bring no new entry: after `free` pages dbsync pauses before each page, after `most` it ends the
 * reading.
 */
const IDLE_PAGES = { free: 3, most: 30 } as const;
const IDLE_BACKOFF: Backoff = { firstMs: 500, maxMs: 5_000 };
/**
 * The same limits for entries of one reading, each page counted as full. They are far above a million, the size that
 * campaigns reach.
 */
const ENTRIES = { free: 3_000_000, most: 6_000_000 } as const;
const LONG_PAUSE_MS = 1_000;
/** The most characters of entries that a reading holds in memory; the entries of two million contacts have as many. */
const MOST_HELD_CHARACTERS = 120_000_000;

/** The decision before the next page is asked for. `mayPass`: another reading may reach the end of the listing. */
export type NextPage =
  | { readonly kind: 'ask' }
  | { readonly kind: 'pause'; readonly ms: number; readonly fault: ApiFault }
  | { readonly kind: 'end'; readonly fault: ApiFault; readonly mayPass: boolean };

/** Limits one reading of a listing, so that cursors without end use neither requests nor memory without end. */
export interface ListingPace {
  /**
   * Decides what to do after a page.
   *
   * @param entries the page's entries, each as the text that tells it from others
   * @param limit the number of entries that was asked for
   */
  after(entries: readonly string[], limit: number): NextPage;
}

export interface PaceOptions {
  /** The reader keeps all entries in memory until the end. */
  readonly isHeld: boolean;
  readonly mostEntries?: number | undefined;
}

export function createListingPace(what: string, { isHeld, mostEntries = ENTRIES.most }: PaceOptions): ListingPace {
  const seen = createSeenEntries();
  let idlePages = 0;
  let asked = 0;
  let characters = 0;

  const fault = (complaint: string) => new ApiFault('API_LISTING_ENDLESS', `A listing of ${what} ${complaint}.`);

  return {
    after(entries, limit) {
      asked += limit;
      let fresh = 0;
      for (const entry of entries) {
        characters += entry.length;
        if (seen.add(entry)) fresh++;
      }
      idlePages = fresh > 0 ? 0 : idlePages + 1;
      if (idlePages > IDLE_PAGES.free) {
        const idle = fault(`does not end, though its last ${idlePages} pages brought nothing new`);
        if (idlePages >= IDLE_PAGES.most) return { kind: 'end', fault: idle, mayPass: true };
        return { kind: 'pause', ms: backoffDelayMs(IDLE_BACKOFF, idlePages - IDLE_PAGES.free), fault: idle };
      }
      const isFull = asked >= mostEntries || (isHeld && characters >= MOST_HELD_CHARACTERS);
      if (asked <= ENTRIES.free && !isFull) return { kind: 'ask' };
      const long = fault(`goes on after ${asked} entries`);
      if (isFull) return { kind: 'end', fault: long, mayPass: false };
      return { kind: 'pause', ms: LONG_PAUSE_MS, fault: long };
    },
  };
}
