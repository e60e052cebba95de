import { backoffDelayMs } from '../concurrency/backoff.js';
import { createWaitReport } from '../concurrency/wait-report.js';
import type { CallOptions, Json } from '../contract/index.js';
import { type Page, parsePage } from './answers.js';
import type { ApiCaller, CallerSettings } from './api-caller.js';
import { ApiFault } from './api-fault.js';
import type { ApiRequest } from './http-transport.js';

/** Entries a page. Each reading takes another limit, so that its pages have other borders. */
const LIMITS = [1000, 997, 991, 983] as const;

export interface Listing<T> extends ApiRequest {
  /** What it lists, for messages. */
  readonly what: string;
  readonly parseEntry: (entry: Json) => T;
}

export interface CursorPages {
  /**
   * The pages of a listing. It is read again from its beginning where it cannot be trusted (R2): a cursor came twice or
   * was refused, or the last page has exactly as many entries as were asked for. So entries may come more than once, and
   * all that came in any reading count.
   */
  read<T>(listing: Listing<T>, options: CallOptions): AsyncGenerator<readonly T[], void, undefined>;
}

export function createCursorPages(
  caller: ApiCaller,
  { clock, observe, backoff }: Pick<CallerSettings, 'clock' | 'observe' | 'backoff'>,
): CursorPages {
  return {
    async *read(listing, { signal }) {
      const waiting = createWaitReport();
      for (let reading = 1; ; reading++) {
        const limit = LIMITS[(reading - 1) % LIMITS.length] ?? LIMITS[0];
        const distrust = yield* readOnce(caller, listing, limit, signal);
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

/** Returns why this reading is not to be trusted; null where it is. */
async function* readOnce<T>(
  caller: ApiCaller,
  listing: Listing<T>,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<readonly T[], ApiFault | null, undefined> {
  const seen = new Set<string>();
  for (let cursor: string | null = null; ; ) {
    const page: Page<T> | ApiFault = await readPage(caller, listing, limit, cursor, signal);
    if (page instanceof ApiFault) return page;
    if (page.results.length > 0) yield page.results;
    if (page.cursor === null) return page.results.length === limit ? fullLastPage(listing, limit) : null;
    if (seen.has(page.cursor)) return repeatedCursor(listing);
    seen.add(page.cursor);
    cursor = page.cursor;
  }
}

/** The fault where the cursor is refused. */
async function readPage<T>(
  caller: ApiCaller,
  { path, query, what, parseEntry }: Listing<T>,
  limit: number,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Page<T> | ApiFault> {
  const isRefusedCursor = (fault: ApiFault) => cursor !== null && [400, 404, 410].includes(fault.status ?? 0);
  const request = { path, query: { ...query, limit, cursor } };
  const parse = (answer: Json) => parsePage(answer, what, parseEntry);
  try {
    return await caller.call({ request, parse, giveUp: isRefusedCursor }, { signal });
  } catch (error) {
    if (!(error instanceof ApiFault) || !isRefusedCursor(error)) throw error;
    return new ApiFault('API_CURSOR_REFUSED', error.message);
  }
}

function fullLastPage({ what }: Listing<unknown>, limit: number): ApiFault {
  const message = `The last page of ${what} has exactly ${limit} entries, as if it had been cut off.`;
  return new ApiFault('API_LISTING_DOUBTFUL', message);
}

function repeatedCursor({ what }: Listing<unknown>): ApiFault {
  return new ApiFault('API_LISTING_DOUBTFUL', `A listing of ${what} came back to a cursor that it had left.`);
}
