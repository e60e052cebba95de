import type { Clock } from '../concurrency/clock.js';
import type { ApiFault } from './api-fault.js';

/** How often a request must fail while others succeed before the fault is sought in its ids (R6). */
const STRIKES = 3;
/** A success tells that the API answers if its request left at most so long ago. */
const FRESH_MS = 5_000;

/**
 * Decides whether a request for bodies failed because of its ids or because of the API (R6). Only the former makes dead
 * letters, so each verdict against a single id needs the proof that the API gave others: where the id was silent, both
 * before its request left and after it was called off.
 */
export interface FaultJudge {
  /** A request that left then has brought bodies. */
  succeeded(leftMs: number): void;
  /** Whether a request that left at this time or later has brought bodies. */
  hasSucceededSince(leftMs: number): boolean;
  trial(request: JudgedRequest): Trial;
}

export interface JudgedRequest {
  readonly ids: readonly string[];
  readonly careful: boolean;
  /** Asks for a contact that is not among the ids, once; false where the API does not give it. */
  readonly tryOther: () => Promise<boolean>;
}

/** The judgement of one request, over all its attempts. */
export interface Trial {
  /** Before the first attempt: makes sure that a verdict is possible. */
  prepare(): Promise<void>;
  onAttempt(): void;
  /** Whether to give the request up: to split it, or to call its single id bad. */
  giveUp(fault: ApiFault, attempt: number): Promise<boolean>;
  /** Whether the request was given up only to be sent again at once, while the API is known to answer. */
  readonly isUndecided: boolean;
}

export function createFaultJudge(clock: Pick<Clock, 'monotonic'>): FaultJudge {
  const seen = { successes: 0, lastLeftMs: Number.NEGATIVE_INFINITY };
  let running: Promise<boolean> | null = null;

  const isFresh = () => clock.monotonic() - seen.lastLeftMs <= FRESH_MS;

  /** One request for another contact serves all that failed together. */
  const isUp = async ({ tryOther }: JudgedRequest): Promise<boolean> => {
    if (isFresh()) return true;
    running ??= tryOther().finally(() => {
      running = null;
    });
    return running;
  };

  return {
    succeeded(leftMs) {
      seen.successes++;
      seen.lastLeftMs = Math.max(seen.lastLeftMs, leftMs);
    },
    hasSucceededSince: (leftMs) => seen.lastLeftMs >= leftMs,
    trial(request) {
      const { ids, careful } = request;
      const isGroup = ids.length > 1;
      let wasUp = false;
      let isUndecided = false;
      let strikes = 0;
      let successesSeen = seen.successes;
      return {
        async prepare() {
          if (careful && !isGroup) await isUp(request);
        },
        onAttempt() {
          wasUp = isFresh();
          isUndecided = false;
        },
        get isUndecided() {
          return isUndecided;
        },
        async giveUp(fault, attempt) {
          if (fault.code === 'API_BUSY') return false;
          if (isGroup && (fault.isTimeout || isRefusal(fault))) return true;
          if (fault.isTimeout) {
            if (!careful) return true;
            if (!(await isUp(request))) return false;
            isUndecided = !wasUp;
            return true;
          }
          const enough = isRefusal(fault) ? 1 : STRIKES;
          if (seen.successes > successesSeen) strikes++;
          if (strikes >= enough) return true;
          successesSeen = seen.successes;
          if (attempt >= enough && (await isUp(request))) {
            strikes = enough - 1;
            successesSeen = -1;
          }
          return false;
        },
      };
    },
  };
}

/** The API, or dbsync itself, takes offence at the request or its answer, and would each time. */
export function isRefusal({ status, code }: ApiFault): boolean {
  return status === 400 || status === 413 || code === 'API_ANSWER_TOO_LARGE';
}
