import type { Clock } from '../concurrency/clock.js';
import type { Observer } from '../observe/run-events.js';
import { ApiFault } from './api-fault.js';
import type { ApiRequest } from './http-transport.js';

/** How long the API must deny access to every request before another endpoint is asked whether that is meant. */
const LASTING_MS = 5 * 60_000;
/** Another endpoint must deny access once more after each of these pauses. */
const PAUSES_MS = [0, 1_000, 5_000] as const;

export interface DenialSettings {
  readonly clock: Clock;
  /** Sends the request once. Throws an {@link ApiFault} unless the API answers it well. */
  readonly ask: (request: ApiRequest, signal: AbortSignal) => Promise<unknown>;
  readonly observe: Observer;
}

/**
 * Decides whether a 401, 403 or 404 means that the token or the campaign is wrong. One such answer proves nothing once
 * the API has answered well: a proxy or a replica may have given it. The good answer may be one to an earlier process.
 *
 * State: the time of the first of several denials in a row. A good answer to any request clears it, and so does any other
 * fault: an API that is down says nothing of the token.
 */
export interface AccessDenials {
  /** The API answered a request well: the token and the campaign are right. */
  succeeded(): void;
  /** An earlier process had access: a denial before the first good answer is then told at `warn`, and asked again. */
  hadAccessBefore(): void;
  /** True for a denial before the first good answer, where no earlier process had access: the command has to be mended. */
  isAtOnce(fault: ApiFault): boolean;
  /**
   * True when all requests have been denied for five minutes, and another endpoint denies access as well, three times.
   * A real revocation is found in about six minutes; the denial of one request alone never is one.
   */
  isFinal(fault: ApiFault, request: ApiRequest, signal: AbortSignal): Promise<boolean>;
}

export function createAccessDenials({ clock, ask, observe }: DenialSettings): AccessDenials {
  let hasSucceeded = false;
  let hadAccess = false;
  let isTold = false;
  let deniedSinceMs: number | null = null;
  /** Questions under way, by endpoint: requests that are denied at the same time share one. */
  const questions = new Map<string, Promise<boolean>>();

  const succeeded = () => {
    hasSucceeded = true;
    deniedSinceMs = null;
  };

  const tellOnce = ({ code, message }: ApiFault) => {
    if (isTold) return;
    isTold = true;
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
      // The request that began a question may be called off: that says nothing of the others that share it.
      if (shared) return shared.catch(() => false);
      const question = isDeniedAt(other, signal);
      questions.set(other.path, question);
      return question.finally(() => questions.delete(other.path));
    },
  };
}

/** A small question to another endpoint. */
function otherThan({ path }: ApiRequest): ApiRequest {
  if (path === 'fields/list') return { path: 'contacts/list', query: { limit: 1 } };
  return { path: 'fields/list', query: {} };
}
