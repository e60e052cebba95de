import type { Clock } from '../concurrency/clock.js';
import type { ApiFault } from './api-fault.js';
import type { LimitScope } from './limit-scope.js';

/** The number of times that a request must fail while others succeed, before dbsync looks for the fault in its ids (R6). */
const STRIKES = 3;
/** The number of times that a limit must concern a request alone. A single contact needs more proof, since each is a dead letter. */
const LIMIT_STRIKES = { ofGroup: 3, ofContact: 5 } as const;
/** The age up to which a successful request proves that the API answers. */
const FRESH_MS = 5_000;

/**
 * Decides whether a request for bodies failed because of its ids or because of the API (R6). Only a fault of an id
 * makes a dead letter. So each verdict against a single id needs the proof that the API gave other contacts. If the
 * id's request got no answer, the proof is needed twice: before the request was sent, and after it was aborted. If the
 * API asked to wait, the proof is needed several times in a row, since a limit of the API may let some requests through.
 */
export interface FaultJudge {
  /** Call when a request that was sent at this time has brought bodies. */
  succeeded(leftMs: number): void;
  /** Returns whether a request that was sent at this time or later has brought bodies. */
  hasSucceededSince(leftMs: number): boolean;
  trial(request: JudgedRequest): Trial;
}

export interface JudgedRequest {
  readonly ids: readonly string[];
  readonly careful: boolean;
  /** One of the contacts could not be fetched lately. */
  readonly isSuspect: boolean;
  /** Asks once for a contact that is not among the ids. Returns false if the API does not give it. */
  readonly tryOther: () => Promise<boolean>;
}

/** The judgement of one request, over all its attempts. */
export interface Trial {
  /** Call before the first attempt: makes sure that a verdict is possible. */
  prepare(): Promise<void>;
  onAttempt(): void;
  /** Returns whether to give the request up. A group is then split; a single id is judged bad. */
  giveUp(fault: ApiFault, attempt: number, scope: LimitScope): Promise<boolean>;
  /** True if the request was given up only to be sent again at once, while the API is known to answer. */
  readonly isUndecided: boolean;
}

export function createFaultJudge(clock: Pick<Clock, 'monotonic'>): FaultJudge {
  const seen = { successes: 0, lastLeftMs: Number.NEGATIVE_INFINITY };
  let running: Promise<boolean> | null = null;

  const isFresh = () => clock.monotonic() - seen.lastLeftMs <= FRESH_MS;

  /** Returns whether the API answers. One request for another contact serves all requests that failed together. */
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
      const { ids, careful, isSuspect } = request;
      const isGroup = ids.length > 1;
      let wasUp = false;
      let isUndecided = false;
      let strikes = 0;
      let limitStrikes = 0;
      const isLimited = (scope: LimitScope) => {
        if (scope === 'all') limitStrikes = 0;
        // A group is only split, so it needs less proof than a contact, which becomes a dead letter.
        else if (scope === 'request' || isGroup) limitStrikes++;
        if (isSuspect) return limitStrikes > 0;
        return limitStrikes >= (isGroup ? LIMIT_STRIKES.ofGroup : LIMIT_STRIKES.ofContact);
      };
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
        async giveUp(fault, attempt, scope) {
          if (fault.asksToSlowDown) return isLimited(scope);
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

/** Returns whether the API or dbsync refuses this request or its answer, and would refuse it each time. */
export function isRefusal({ status, code }: ApiFault): boolean {
  return status === 400 || status === 413 || code === 'API_ANSWER_TOO_LARGE';
}
