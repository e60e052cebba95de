import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import { ApiFault } from './api-fault.js';
import { createSeenEntries } from './seen-entries.js';

/** Pages in a row that bring no new entry: after the first number each is waited for, after the second it is the end. */
const IDLE_PAGES = { free: 3, most: 30 } as const;
const IDLE_BACKOFF: Backoff = { firstMs: 500, maxMs: 5_000 };
/** The same for entries of one reading, each page counted as full. Far above a million, to which campaigns grow. */
const ENTRIES = { free: 3_000_000, most: 6_000_000 } as const;
const LONG_PAUSE_MS = 1_000;
/** Most characters of the entries that a reading holds in memory: those of two million contacts. */
const MOST_HELD_CHARACTERS = 120_000_000;

/** The decision before the next page is asked for. `mayPass`: another reading may end. */
export type NextPage =
  | { readonly kind: 'ask' }
  | { readonly kind: 'pause'; readonly ms: number; readonly fault: ApiFault }
  | { readonly kind: 'end'; readonly fault: ApiFault; readonly mayPass: boolean };

/** Bounds one reading of a listing, so that cursors without end cost neither requests nor memory without end. */
export interface ListingPace {
  /** @param entries of the page that came, each as the text that tells it from others; `limit`: as many were asked for */
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
        const idle = fault(`goes on, though its last ${idlePages} pages brought nothing new`);
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
