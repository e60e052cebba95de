import type { Clock } from '../concurrency/clock.js';

/** The reason why a contact could not be fetched. */
export interface FetchFailure {
  readonly code: string;
  readonly reason: string;
}

/**
 * The contacts that could not be fetched lately though others could (R6). They are asked for alone, never in a group
 * with healthy contacts, and not at all while they rest. They are kept in memory only, up to a limit: forgetting one
 * costs a time-out.
 */
export interface Suspects {
  failed(contactId: string, failure: FetchFailure): void;
  /** Call when a contact was found to hang: it got no answer though others did. */
  hung(): void;
  /**
   * True when many contacts were found to hang lately. The contacts that may hang too are then asked for with short
   * waits, so that hundreds of them do not hold up those that come later.
   */
  readonly hangMany: boolean;
  answered(contactId: string): void;
  has(contactId: string): boolean;
  /**
   * Returns the failure of a contact that failed so recently that only a retry asks for it; null: the contact may be
   * asked for.
   */
  restingFailure(contactId: string): FetchFailure | null;
  /** Returns how often the contact failed in a row, as far as that is remembered. */
  failuresOf(contactId: string): number;
}

/** The time for which a contact rests: twice the time after which a dead letter is first tried again. */
const REST_MS = 10 * 60_000;
const MOST = 10_000;
/** The number of hanging contacts that count as many, found within the time for which one rests. */
const MANY = 8;

export function createSuspects(clock: Pick<Clock, 'monotonic'>): Suspects {
  const suspects = new Map<
    string,
    { readonly failure: FetchFailure; readonly failedMs: number; readonly count: number }
  >();
  /** The times of the last contacts that were found to hang. */
  const hangsMs: number[] = [];
  return {
    failed(contactId, failure) {
      const count = (suspects.get(contactId)?.count ?? 0) + 1;
      suspects.delete(contactId);
      suspects.set(contactId, { failure, failedMs: clock.monotonic(), count });
      const [oldest] = suspects.keys();
      if (suspects.size > MOST && oldest !== undefined) suspects.delete(oldest);
    },
    hung() {
      hangsMs.push(clock.monotonic());
      if (hangsMs.length > MANY) hangsMs.shift();
    },
    get hangMany() {
      const [firstMs = 0] = hangsMs;
      return hangsMs.length === MANY && clock.monotonic() - firstMs < REST_MS;
    },
    answered: (contactId) => void suspects.delete(contactId),
    has: (contactId) => suspects.has(contactId),
    restingFailure(contactId) {
      const suspect = suspects.get(contactId);
      return suspect && clock.monotonic() - suspect.failedMs < REST_MS ? suspect.failure : null;
    },
    failuresOf: (contactId) => suspects.get(contactId)?.count ?? 0,
  };
}
