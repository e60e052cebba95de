import type { Clock } from '../concurrency/clock.js';
import type { ApiFault } from './api-fault.js';

/**
 * For this time after a limit that concerned only one request, dbsync checks at once whether the next limit does too.
 */
const REMEMBERED_MS = 60 * 60_000;

/** A limit that comes within this time after a wait of all requests is the same limit. */
const SAME_LIMIT_MS = 60_000;

/**
 * The requests that a 429, or a 503 with `Retry-After`, asks to wait. `all`: the API as a whole, so all requests wait. `request`: this
 * request alone, since the API answered another one meanwhile, the first that was asked. `some`: the API answers some requests and refuses
 * others, this one among them. That is no proof against this request: a limit may let requests through at random.
 */
export type LimitScope = 'all' | 'some' | 'request';

/** The answers of the API to other requests: the first one, a later one after refusals, or none. */
export type OthersAnswered = 'first' | 'later' | 'none';

/** The question whether the API answers another request meanwhile. */
export interface OtherRequest {
  /** Requests with the same key that are refused at the same time share one question. */
  readonly key: string;
  /** Sends another request, or several until one is answered, each once. */
  readonly ask: () => Promise<OthersAnswered>;
}

/**
 * Decides whom a limit concerns. The first one of a request counts for all, as it says. A request that is refused again
 * after that wait, or for the first time just after a wait of all, is compared with another request, which leaves while this
 * one is refused: if the API answers the other one, the limit concerns the refused request alone. For an hour from then on, the
 * first limit of a request is compared too, so that one contact holds up all others once and no more. A limit of the API as a
 * whole costs a few requests more for each wait: one for a contact and one for the listing, and eight for contacts where the
 * listing is answered.
 */
export interface LimitScopes {
  /** @param failures number of failures of the request so far, from 1 */
  of(fault: ApiFault, failures: number, other: OtherRequest): Promise<LimitScope>;
}

export interface LimitScopeSettings {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Returns whether all requests are held back later than this time. The answer to another request then proves nothing. */
  readonly isHeldAfter: (ms: number) => boolean;
}

export function createLimitScopes({ clock, isHeldAfter }: LimitScopeSettings): LimitScopes {
  const questions = new Map<string, Promise<OthersAnswered>>();
  let ownSeenMs = Number.NEGATIVE_INFINITY;

  const askOthers = async ({ key, ask }: OtherRequest): Promise<OthersAnswered> => {
    const shared = questions.get(key);
    // The request that began the question may be aborted. That says nothing about the others that share it.
    if (shared) return shared.catch(() => 'none');
    const question = ask();
    questions.set(key, question);
    return question.finally(() => questions.delete(key));
  };

  return {
    async of({ asksToSlowDown }, failures, other) {
      const nowMs = clock.monotonic();
      const wasWaitedFor = failures > 1 || isHeldAfter(nowMs - SAME_LIMIT_MS);
      const isFirst = !wasWaitedFor && nowMs - ownSeenMs > REMEMBERED_MS;
      if (!asksToSlowDown || isFirst || isHeldAfter(nowMs)) return 'all';
      const answered = await askOthers(other);
      const isOwn = answered !== 'none' && !isHeldAfter(nowMs);
      ownSeenMs = isOwn ? clock.monotonic() : Number.NEGATIVE_INFINITY;
      if (!isOwn) return 'all';
      return answered === 'first' ? 'request' : 'some';
    },
  };
}
