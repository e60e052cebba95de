import type { Clock } from '../concurrency/clock.js';

/** Why a contact could not be fetched. */
export interface FetchFailure {
  readonly code: string;
  readonly reason: string;
}

/**
 * The contacts whose bodies could not be had lately though others could (R6). They are asked for alone, never in a group
 * with healthy ones, and not at all while they rest. Memory only, and bounded: to forget one costs a time-out.
 */
export interface Suspects {
  failed(contactId: string, failure: FetchFailure): void;
  answered(contactId: string): void;
  has(contactId: string): boolean;
  /** The failure of a contact that failed so lately that only a retry asks for it; null: ask. */
  restingFailure(contactId: string): FetchFailure | null;
  /** How often it failed in a row, as far as is remembered. */
  failuresOf(contactId: string): number;
}

/** Twice the time after which a dead letter is first tried again. */
const REST_MS = 10 * 60_000;
const MOST = 10_000;

export function createSuspects(clock: Pick<Clock, 'monotonic'>): Suspects {
  const suspects = new Map<
    string,
    { readonly failure: FetchFailure; readonly failedMs: number; readonly count: number }
  >();
  return {
    failed(contactId, failure) {
      const count = (suspects.get(contactId)?.count ?? 0) + 1;
      suspects.delete(contactId);
      suspects.set(contactId, { failure, failedMs: clock.monotonic(), count });
      const [oldest] = suspects.keys();
      if (suspects.size > MOST && oldest !== undefined) suspects.delete(oldest);
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
