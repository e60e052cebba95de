import type { Clock } from '../concurrency/clock.js';

/** The number of requests at the start, when the size of a contact is not known. */
const FIRST_REQUESTS = 2;
/** If answers take longer than this, more requests at a time gain nothing. */
const SLOW_MS = 10_000;

/**
 * The kind of a request. `careful`: it is small, and mostly waits for a contact that hangs. Careful requests take half
 * of the places at most.
 */
export type RequestKind = 'ordinary' | 'careful';

/**
 * Limits the number of requests for bodies under way, over all calls. The number begins small and grows with each
 * answer. A time-out halves it, and then it grows slowly, so that a slow line is used fully and not overloaded.
 */
export interface RequestWindow {
  hasRoom(kind: RequestKind): boolean;
  /** Call when a request begins, and call the returned function when it has ended. */
  begin(kind: RequestKind): () => void;
  answered(tookMs: number): void;
  /** Call when a request that was sent at this time has timed out, and its ids were not the cause. */
  timedOut(leftMs: number): void;
  /** Forgets what time-outs have taught: the contacts were the cause. */
  startOver(): void;
}

/** @param most upper bound of the number of requests */
export function createRequestWindow(most: number, clock: Pick<Clock, 'monotonic'>): RequestWindow {
  let limit = Math.min(most, FIRST_REQUESTS);
  /** Below this value the number grows by one for each answer, above it by one for each round of answers. */
  let threshold = most;
  let cutMs = Number.NEGATIVE_INFINITY;
  const running = { ordinary: 0, careful: 0 };
  return {
    hasRoom: (kind) => running[kind] < (kind === 'careful' ? Math.max(1, Math.floor(most / 2)) : Math.floor(limit)),
    begin(kind) {
      running[kind]++;
      return () => {
        running[kind]--;
      };
    },
    answered(tookMs) {
      if (tookMs > SLOW_MS) return;
      limit = Math.min(most, limit + (limit < threshold ? 1 : 1 / limit));
    },
    timedOut(leftMs) {
      if (leftMs <= cutMs) return;
      cutMs = clock.monotonic();
      limit = Math.max(1, limit / 2);
      threshold = limit;
    },
    startOver() {
      limit = Math.max(limit, Math.min(most, FIRST_REQUESTS));
      threshold = most;
    },
  };
}
