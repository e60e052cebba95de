import { hash } from 'node:crypto';
import { type Json, jsonText } from '../contract/index.js';
import { pageBytes } from './answer-limits.js';
import { type Page, parsePage, type UnreadableEntry } from './answers.js';
import type { ApiCaller, CallerSettings, RequestOptions } from './api-caller.js';
import { ApiFault } from './api-fault.js';
import type { ApiRequest } from './http-transport.js';
import type { PageSize } from './page-size.js';

/**
 * The number of times that a page is asked for before dbsync believes that entries are unreadable, if they are few or at most half of
 * the page.
 */
const TRIES = 5;
const FEW = 3;
/**
 * The largest number of remembered entries. They are remembered so that each is handed over once; forgetting them costs
 * repetitions.
 */
const MOST_KEPT = 10_000;
/** A request that failed after this long may have been too large, whatever the failure was. */
const LATE_MS = 20_000;

/** A listing, with the parts that are the same in the requests for all its pages. */
export interface Listing<T> extends ApiRequest {
  /** The name of the listed things, for messages. */
  readonly what: string;
  readonly parseEntry: (entry: Json) => T;
  /** Returns the text that tells an entry from other entries. */
  readonly identityOf: (entry: T) => string;
  /** The reader keeps all entries in memory until the listing ends, so their total length is limited. */
  readonly isHeld: boolean;
}

export interface PageReading extends RequestOptions {
  /**
   * Stores entries that stay unreadable although their page was asked for several times, so that the other entries go
   * on (R6). The reading waits for it. Stored entries are not handed over again.
   */
  readonly onUnreadable: (entries: readonly UnreadableEntry[]) => Promise<void>;
}

/** One page, and the number of entries that was asked for. */
export interface AskedPage<T> extends Page<T> {
  readonly limit: number;
}

/** Asks for one page of a listing until it comes. A late page is asked for again with fewer entries. */
export interface PageReader {
  /**
   * Reads one page.
   *
   * @returns the fault if the API refuses the cursor, or if a page of one entry is larger than dbsync takes
   */
  read<T>(
    listing: Listing<T>,
    start: { readonly reading: number; readonly cursor: string | null },
    options: PageReading,
  ): Promise<AskedPage<T> | ApiFault>;
}

export function createPageReader(
  caller: ApiCaller,
  clock: CallerSettings['clock'],
  sizeOf: (listing: ApiRequest) => PageSize,
): PageReader {
  const kept = new Set<string>();
  const isKept = ({ entry }: UnreadableEntry) => kept.has(keyOf(entry));

  return {
    async read(listing, { reading, cursor }, { signal, onAnswered, onUnreadable }) {
      const { path, query, what, parseEntry } = listing;
      const size = sizeOf(listing);
      let limit = size.limit(reading);
      let leftMs = clock.monotonic();
      let tries = 0;
      const onAttempt = () => {
        limit = size.limit(reading);
        leftMs = clock.monotonic();
      };
      const request: ApiRequest = {
        path,
        get query() {
          return { ...query, limit, cursor };
        },
      };
      const parse = (answer: Json) => {
        const page = parsePage(answer, what, parseEntry);
        const strange = page.unreadable.filter((entry) => !isKept(entry));
        const isCredible = ++tries >= TRIES && strange.length <= Math.max(FEW, page.results.length);
        if (strange[0] && !isCredible) throw new ApiFault('API_ANSWER_INVALID', strange[0].reason);
        return { page, strange };
      };
      const giveUp = (fault: ApiFault) => {
        if (isRefusedCursor(fault, cursor)) return true;
        if (fault.asksToSlowDown) return false;
        if (fault.code === 'API_ANSWER_TOO_LARGE') {
          size.tooLarge(limit);
          return limit === 1;
        }
        if (isTooLarge(fault) || clock.monotonic() - leftMs >= LATE_MS) size.late(limit);
        return false;
      };
      try {
        const transfer = () => ({ maxAnswerBytes: pageBytes(limit) });
        const call = { request, parse, transfer, onAttempt, giveUp };
        const { page, strange } = await caller.call(call, { signal, onAnswered });
        size.answered(clock.monotonic() - leftMs);
        if (strange.length > 0) await onUnreadable(strange);
        if (kept.size > MOST_KEPT) kept.clear();
        for (const { entry } of strange) kept.add(keyOf(entry));
        return { ...page, limit };
      } catch (error) {
        if (!(error instanceof ApiFault)) throw error;
        if (error.code === 'API_ANSWER_TOO_LARGE') return error;
        if (!isRefusedCursor(error, cursor)) throw error;
        size.refused(reading);
        return new ApiFault('API_CURSOR_REFUSED', error.message);
      }
    },
  };
}

function isRefusedCursor({ status }: ApiFault, cursor: string | null): boolean {
  return cursor !== null && [400, 404, 410].includes(status ?? 0);
}

/** Returns whether the page may be larger than the API, or a proxy before it, can give at once. */
function isTooLarge({ status, isTimeout }: ApiFault): boolean {
  return isTimeout || status === 413 || status === 504;
}

/** Returns a hash of the entry, since an entry may be large. */
function keyOf(entry: Json): string {
  return hash('sha256', jsonText(entry));
}
