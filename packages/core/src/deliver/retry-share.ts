import type { RetryShare } from '../outbox/faces/delivery-queue.js';

/**
 * Divides what may be sent between first attempts and retries, so that contacts whose deliveries fail neither fill the slots
 * and the rate of healthy ones (R31) nor are starved by them.
 */
export interface RetrySlots {
  /** Whether so many retries are under way that no more may leave. */
  readonly areFull: boolean;
  share(limit: number): RetryShare;
  left(isRetry: boolean): void;
  ended(isRetry: boolean): void;
}

/** Retries under way take at most this part of the slots. */
const SLOTS = 0.5;
/** While first attempts fill all there is to send, one message of four is a retry. */
const FIRST_ATTEMPTS_A_RETRY = 3;

export function createRetrySlots(concurrency: number): RetrySlots {
  const most = Math.max(1, Math.floor(concurrency * SLOTS));
  let underWay = 0;
  let firstAttempts = 0;
  return {
    get areFull() {
      return underWay >= most;
    },
    share(limit) {
      const atMost = Math.min(limit, most - underWay);
      return { atMost, atLeast: Math.min(atMost, Math.floor(firstAttempts / FIRST_ATTEMPTS_A_RETRY)) };
    },
    left(isRetry) {
      if (isRetry) underWay += 1;
      firstAttempts = isRetry
        ? Math.max(0, firstAttempts - FIRST_ATTEMPTS_A_RETRY)
        : Math.min(firstAttempts + 1, most * FIRST_ATTEMPTS_A_RETRY);
    },
    ended(isRetry) {
      if (isRetry) underWay -= 1;
    },
  };
}
