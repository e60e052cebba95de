import { backoffDelayMs } from '../concurrency/backoff.js';
import { createWaitReport } from '../concurrency/wait-report.js';
import { type Json, jsonText } from '../contract/index.js';
import { type Page, parsePage, type UnreadableEntry } from './answers.js';
import type { ApiCaller, CallerSettings, RequestOptions } from './api-caller.js';
import { ApiFault } from './api-fault.js';
import type { ApiRequest } from './http-transport.js';

/** Entries a page. Each reading takes another limit, so that its pages have other borders. */
const LIMITS = [1000, 997, 991, 983] as const;
/** How often a page is asked for before unreadable entries are believed, where they are few or at most half of it. */
const TRIES = 5;
const FEW = 3;

export interface Listing<T> extends ApiRequest {
  /** What it lists, for messages. */
  readonly what: string;
  readonly parseEntry: (entry: Json) => T;
}

export interface PageOptions extends RequestOptions {
  /**
   * Keeps entries that stay unreadable however often their page is asked for, so that the others go on (R6). The reading
   * waits for it. What was kept is not handed over again.
   */
  readonly onUnreadable: (entries: readonly UnreadableEntry[]) => Promise<void>;
}

export interface CursorPages {
  /**
   * The pages of a listing. It is read again from its beginning where it cannot be trusted (R2): a cursor came twice or
   * was refused, or the last page has exactly as many entries as were asked for. So entries may come more than once, and
   * all that came in any reading count.
   */
  read<T>(listing: Listing<T>, options: PageOptions): AsyncGenerator<readonly T[], void, undefined>;
}

export function createCursorPages(
  caller: ApiCaller,
  { clock, observe, backoff }: Pick<CallerSettings, 'clock' | 'observe' | 'backoff'>,
): CursorPages {
  const kept = new Set<string>();
  const isKept = ({ entry }: UnreadableEntry) => kept.has(jsonText(entry));

  /** The fault where the cursor is refused. */
  const readPage = async <T>(
    { path, query, what, parseEntry }: Listing<T>,
    limit: number,
    cursor: string | null,
    { signal, onAnswered, onUnreadable }: PageOptions,
  ): Promise<Page<T> | ApiFault> => {
    const isRefusedCursor = (fault: ApiFault) => cursor !== null && [400, 404, 410].includes(fault.status ?? 0);
    let tries = 0;
    const parse = (answer: Json) => {
      const page = parsePage(answer, what, parseEntry);
      const strange = page.unreadable.filter((entry) => !isKept(entry));
      const isCredible = ++tries >= TRIES && strange.length <= Math.max(FEW, page.results.length);
      if (strange[0] && !isCredible) throw new ApiFault('API_ANSWER_INVALID', strange[0].reason);
      return { page, strange };
    };
    try {
      const request = { path, query: { ...query, limit, cursor } };
      const { page, strange } = await caller.call({ request, parse, giveUp: isRefusedCursor }, { signal, onAnswered });
      if (strange.length > 0) await onUnreadable(strange);
      for (const { entry } of strange) kept.add(jsonText(entry));
      return page;
    } catch (error) {
      if (!(error instanceof ApiFault) || !isRefusedCursor(error)) throw error;
      return new ApiFault('API_CURSOR_REFUSED', error.message);
    }
  };

  /** Returns why this reading is not to be trusted; null where it is. */
  async function* readOnce<T>(
    listing: Listing<T>,
    limit: number,
    options: PageOptions,
  ): AsyncGenerator<readonly T[], ApiFault | null, undefined> {
    const seen = new Set<string>();
    for (let cursor: string | null = null; ; ) {
      const page: Page<T> | ApiFault = await readPage(listing, limit, cursor, options);
      if (page instanceof ApiFault) return page;
      const { results, unreadable } = page;
      if (results.length > 0) yield results;
      if (page.cursor === null) {
        return results.length + unreadable.length === limit ? fullLastPage(listing, limit) : null;
      }
      if (seen.has(page.cursor)) return repeatedCursor(listing);
      seen.add(page.cursor);
      cursor = page.cursor;
    }
  }

  return {
    async *read(listing, options) {
      const { signal } = options;
      const waiting = createWaitReport();
      for (let reading = 1; ; reading++) {
        const limit = LIMITS[(reading - 1) % LIMITS.length] ?? LIMITS[0];
        const distrust = yield* readOnce(listing, limit, options);
        if (distrust === null) break;
        if (reading === 1) continue;
        const line = waiting.failed(clock.monotonic());
        if (line) observe({ type: 'waiting', for: 'api', code: distrust.code, message: distrust.message, ...line });
        await clock.sleep(backoffDelayMs(backoff, reading - 1), signal);
      }
      const afterMs = waiting.succeeded(clock.monotonic());
      if (afterMs !== null) observe({ type: 'recovered', for: 'api', afterMs });
    },
  };
}

function fullLastPage({ what }: Listing<unknown>, limit: number): ApiFault {
  const message = `The last page of ${what} has exactly ${limit} entries, as if it had been cut off.`;
  return new ApiFault('API_LISTING_DOUBTFUL', message);
}

function repeatedCursor({ what }: Listing<unknown>): ApiFault {
  return new ApiFault('API_LISTING_DOUBTFUL', `A listing of ${what} came back to a cursor that it had left.`);
}
