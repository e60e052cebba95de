import type { Clock } from '../concurrency/clock.js';

/** The size of a contact is not known yet. */
const FIRST_REQUESTS = 2;
/** Answers that take longer gain nothing from more requests at a time. */
const SLOW_MS = 10_000;

/** `careful`: small, and mostly waiting for a contact that hangs. Such requests fill half of the places at most. */
export type RequestKind = 'ordinary' | 'careful';

/**
 * How many requests for bodies are under way at a time, over all calls. Their number begins small, grows with each
 * answer, is halved by a time-out and grows slowly from there, so that a slow line is filled and not flooded.
 */
export interface RequestWindow {
  hasRoom(kind: RequestKind): boolean;
  /** A request begins; the returned function tells that it has ended. */
  begin(kind: RequestKind): () => void;
  answered(tookMs: number): void;
  /** A request that left then timed out, and not because of its ids. */
  timedOut(leftMs: number): void;
}

/** @param most upper bound */
export function createRequestWindow(most: number, clock: Pick<Clock, 'monotonic'>): RequestWindow {
  let limit = Math.min(most, FIRST_REQUESTS);
  /** Up to here the number grows by one an answer, beyond it by one a round. */
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
  };
}
