import type { RetryShare } from '../outbox/faces/delivery-queue.js';

/**
 * Divides the sending capacity between first attempts and retries. Contacts whose deliveries fail do not fill the slots
 * and the rate of healthy contacts (R31), and healthy contacts do not take all slots from them.
 */
export interface RetrySlots {
  /** True if no other retry may be sent, since retries fill their part of the slots. */
  readonly areFull: boolean;
  share(limit: number): RetryShare;
  left(isRetry: boolean): void;
  ended(isRetry: boolean): void;
}

/** The largest part of the slots that retries under way may take. */
const SLOTS = 0.5;
/** While first attempts use the whole sending capacity, one message in four is a retry. */
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
