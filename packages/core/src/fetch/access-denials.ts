import type { Clock } from '../concurrency/clock.js';
import type { Observer } from '../observe/run-events.js';
import { ApiFault } from './api-fault.js';
import type { ApiRequest } from './http-transport.js';
import { otherThan } from './other-endpoint.js';

/** The time for which the API must deny every request before dbsync asks another endpoint to confirm the denial. */
const LASTING_MS = 5 * 60_000;
/** The other endpoint is asked after each of these pauses, and must deny access each time. */
const PAUSES_MS = [0, 1_000, 5_000] as const;

export interface DenialSettings {
  readonly clock: Clock;
  /** Sends the request once. Throws an {@link ApiFault} if the answer is no success. */
  readonly ask: (request: ApiRequest, signal: AbortSignal) => Promise<unknown>;
  readonly observe: Observer;
}

/**
 * Decides whether a 401, 403 or 404 means that the token or the campaign is wrong. Once the API has answered well, to
 * this process or to an earlier one, a single such answer proves nothing: a proxy or a replica may have given it.
 *
 * State: the time of the first of several denials in a row. A good answer to any request clears it. Any other fault
 * clears it too, because an API that is down says nothing about the token.
 */
export interface AccessDenials {
  /** Call when the API has answered a request well: the token and the campaign are right. */
  succeeded(): void;
  /**
   * Call if an earlier process had access. A denial before the first good answer is then logged at `warn`, and asked
   * again.
   */
  hadAccessBefore(): void;
  /**
   * Returns true for a denial before the first good answer, if no earlier process had access: the user must correct the
   * command.
   */
  isAtOnce(fault: ApiFault): boolean;
  /**
   * Returns true if all requests have been denied for five minutes, and another endpoint has also denied access three
   * times. A real revocation is found in about six minutes; the denial of one request alone is never final.
   */
  isFinal(fault: ApiFault, request: ApiRequest, signal: AbortSignal): Promise<boolean>;
}

export function createAccessDenials({ clock, ask, observe }: DenialSettings): AccessDenials {
  let hasSucceeded = false;
  let hadAccess = false;
  let isReported = false;
  let deniedSinceMs: number | null = null;
  /** Questions under way, by endpoint. Requests that are denied at the same time share one question. */
  const questions = new Map<string, Promise<boolean>>();

  const succeeded = () => {
    hasSucceeded = true;
    deniedSinceMs = null;
  };

  const tellOnce = ({ code, message }: ApiFault) => {
    if (isReported) return;
    isReported = true;
    const does =
      'An earlier run had access, so dbsync asks again. If all requests are refused, it ends with exit code 2 in about 6 minutes.';
    observe({ type: 'notice', level: 'warn', code, message: `${message} ${does}` });
  };

  const isDeniedAt = async (request: ApiRequest, signal: AbortSignal): Promise<boolean> => {
    for (const pauseMs of PAUSES_MS) {
      await clock.sleep(pauseMs, signal);
      try {
        await ask(request, signal);
        succeeded();
        return false;
      } catch (error) {
        if (!(error instanceof ApiFault)) throw error;
        if (!error.deniesAccess) {
          deniedSinceMs = null;
          return false;
        }
      }
    }
    return deniedSinceMs !== null;
  };

  return {
    succeeded,
    hadAccessBefore() {
      hadAccess = true;
    },
    isAtOnce: (fault) => fault.deniesAccess && !hasSucceeded && !hadAccess,
    async isFinal(fault, request, signal) {
      if (!fault.deniesAccess) {
        deniedSinceMs = null;
        return false;
      }
      if (!hasSucceeded) tellOnce(fault);
      deniedSinceMs ??= clock.monotonic();
      if (clock.monotonic() - deniedSinceMs < LASTING_MS) return false;
      const other = otherThan(request);
      const shared = questions.get(other.path);
      // The request that began the question may be aborted. That says nothing about the other requests that share the
      // question.
      if (shared) return shared.catch(() => false);
      const question = isDeniedAt(other, signal);
      questions.set(other.path, question);
      return question.finally(() => questions.delete(other.path));
    },
  };
}
