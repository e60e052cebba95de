import { backoffDelayMs } from '../concurrency/backoff.js';
import { createWaitReport, type WaitReport } from '../concurrency/wait-report.js';
import type { ApiCaller, CallerSettings } from './api-caller.js';
import { ApiFault } from './api-fault.js';
import type { ApiRequest } from './http-transport.js';
import { type AskedPage, createPageReader, type Listing, type PageReading } from './list-page.js';
import { createListingPace } from './listing-pace.js';
import { createPageSize, type PageSize } from './page-size.js';
import { createSeenCursors } from './seen-cursors.js';

/** The number of readings that cannot be trusted after which dbsync accepts the entries that came. */
const READINGS = { most: 5, ofEndless: 2 } as const;

export interface PageOptions extends PageReading {
  /**
   * Called at the end if no reading could be trusted. The entries that came count, but there may be more, so no
   * watermark may move. Without this callback the listing is read until a reading can be trusted, however long that
   * takes.
   */
  readonly onPartial?: (why: ApiFault) => void;
  /** A reading with more entries than this is ended and logged. Default: six million. */
  readonly mostEntries?: number;
}

/** The reason why a reading cannot be trusted. After `readings` such readings the listing ends. */
interface Distrust {
  readonly fault: ApiFault;
  readonly readings: number;
}

export interface CursorPages {
  /**
   * Yields the pages of a listing. dbsync reads the listing again from its beginning if it cannot be trusted (R2): a
   * cursor came twice or was refused, a page of one entry is too large, the last page has exactly as many entries as
   * were asked for, or pages go on without new entries. So an entry may come more than once, and the entries of all
   * readings count.
   */
  read<T>(listing: Listing<T>, options: PageOptions): AsyncGenerator<readonly T[], void, undefined>;
}

export function createCursorPages(
  caller: ApiCaller,
  { clock, observe, backoff }: Pick<CallerSettings, 'clock' | 'observe' | 'backoff'>,
): CursorPages {
  const sizes = new Map<string, PageSize>();
  /** The listings that could not be trusted so far, over all their calls, so that the log level rises. */
  const doubts = new Map<string, WaitReport>();

  const sizeOf = ({ path }: ApiRequest): PageSize => {
    const size = sizes.get(path) ?? createPageSize();
    sizes.set(path, size);
    return size;
  };
  const reader = createPageReader(caller, clock, sizeOf);

  const tell = (listing: ApiRequest, { code, message }: ApiFault) => {
    const doubt = doubts.get(nameOf(listing)) ?? createWaitReport();
    doubts.set(nameOf(listing), doubt);
    const line = doubt.failed(clock.monotonic());
    const does = 'The entries that came are copied, and the listing is read again.';
    if (line) observe({ type: 'waiting', for: 'api', code, message: `${message} ${does}`, ...line });
  };
  const trust = (listing: ApiRequest) => {
    const afterMs = doubts.get(nameOf(listing))?.succeeded(clock.monotonic()) ?? null;
    doubts.delete(nameOf(listing));
    if (afterMs !== null) observe({ type: 'recovered', for: 'api', afterMs });
  };

  /** Reads the listing once. Returns why this reading cannot be trusted; null if it can. */
  async function* readOnce<T>(
    listing: Listing<T>,
    reading: number,
    options: PageOptions,
  ): AsyncGenerator<readonly T[], Distrust | null, undefined> {
    const seen = createSeenCursors();
    const pace = createListingPace(listing.what, { isHeld: listing.isHeld, mostEntries: options.mostEntries });
    for (let cursor: string | null = null; ; ) {
      const page: AskedPage<T> | ApiFault = await reader.read(listing, { reading, cursor }, options);
      if (page instanceof ApiFault) return { fault: page, readings: READINGS.most };
      const { results, unreadable, limit } = page;
      if (results.length > 0) yield results;
      if (page.cursor === null)
        return results.length + unreadable.length === limit ? fullLastPage(listing.what, limit) : null;
      if (!seen.add(page.cursor)) return repeatedCursor(listing.what);
      cursor = page.cursor;
      const next = pace.after(results.map(listing.identityOf), limit);
      if (next.kind === 'end') return { fault: next.fault, readings: next.mayPass ? READINGS.ofEndless : 1 };
      if (next.kind === 'ask') continue;
      tell(listing, next.fault);
      await clock.sleep(next.ms, options.signal);
    }
  }

  return {
    async *read(listing, options) {
      const { signal, onPartial } = options;
      for (let reading = 1; ; reading++) {
        const distrust = yield* readOnce(listing, reading, options);
        if (distrust === null) return trust(listing);
        if (reading > 1 || distrust.readings === 1) tell(listing, distrust.fault);
        if (onPartial && reading >= distrust.readings) return onPartial(distrust.fault);
        if (reading > 1) await clock.sleep(backoffDelayMs(backoff, reading - 1), signal);
      }
    },
  };
}

/** Names a listing. Listings that differ only in their window have one name. */
function nameOf({ path, query }: ApiRequest): string {
  return `${path} ${query.changedSince ?? ''}`;
}

function fullLastPage(what: string, limit: number): Distrust {
  const message = `The last page of ${what} has exactly ${limit} entries, as if it had been cut off.`;
  return { fault: new ApiFault('API_LISTING_DOUBTFUL', message), readings: READINGS.most };
}

function repeatedCursor(what: string): Distrust {
  const message = `A listing of ${what} came back to an earlier cursor.`;
  return { fault: new ApiFault('API_LISTING_DOUBTFUL', message), readings: READINGS.most };
}
