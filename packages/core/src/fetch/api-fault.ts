import { DbsyncError } from '../errors/dbsync-error.js';
import type { FailureCode } from '../errors/error-codes.js';
import { retryAfterMs } from '../network/retry-after.js';

/** The longest wait that a `Retry-After` can cause: a longer one would stop the copy because of one answer. */
const RETRY_AFTER_MAX_MS = 10 * 60_000;

/** A failed request. The message names the request and the fault, never the token or a person's data. */
export class ApiFault extends DbsyncError {
  /** The status of the answer; null if no answer came. */
  readonly status: number | null;
  /** The time for which the API asked to wait. */
  readonly retryAfterMs: number | undefined;
  /** The API or the network sent nothing, or took too long. A smaller request may be answered in time. */
  readonly isTimeout: boolean;
  /** No repetition can help: the user must change the command. */
  readonly isFatal: boolean;

  constructor(
    code: FailureCode,
    message: string,
    details: {
      readonly status?: number;
      readonly retryAfterMs?: number | undefined;
      readonly isTimeout?: boolean;
      readonly isFatal?: boolean;
    } = {},
  ) {
    super(code, message);
    this.name = 'ApiFault';
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs;
    this.isTimeout = details.isTimeout ?? false;
    this.isFatal = details.isFatal ?? false;
  }

  /** The answer says that the token or the campaign is wrong. That may be untrue: see `access-denials.ts`. */
  get deniesAccess(): boolean {
    return this.code === 'API_TOKEN_REFUSED' || this.code === 'API_CAMPAIGN_UNKNOWN';
  }

  /** The API asks for fewer requests: of all kinds, or of this one. See `limit-scope.ts`. */
  get asksToSlowDown(): boolean {
    return this.status === 429 || (this.status === 503 && this.retryAfterMs !== undefined);
  }

  /** Returns the same fault, without the time that the API asked to wait. */
  withoutRetryAfter(): ApiFault {
    return this.#with({ retryAfterMs: undefined });
  }

  /**
   * Returns the same fault when some of the time that the API asked to wait has passed: requests that this one was
   * compared with may have waited as long.
   */
  afterWaiting(waitedMs: number): ApiFault {
    const { retryAfterMs } = this;
    return retryAfterMs === undefined ? this : this.#with({ retryAfterMs: Math.max(0, retryAfterMs - waitedMs) });
  }

  /** Returns the same fault, marked as fatal: no repetition helps, so the user must change the command. */
  asFatal(): ApiFault {
    return this.#with({ isFatal: true });
  }

  #with(changes: { readonly retryAfterMs?: number | undefined; readonly isFatal?: boolean }): ApiFault {
    const { status, retryAfterMs, isTimeout } = this;
    const details = { ...(status !== null && { status }), retryAfterMs, isTimeout, ...changes };
    return new ApiFault(this.code, this.message, details);
  }
}

export function codeOfStatus(status: number): FailureCode {
  if (status === 401 || status === 403) return 'API_TOKEN_REFUSED';
  if (status === 404) return 'API_CAMPAIGN_UNKNOWN';
  if (status === 407) return 'API_PROXY_REFUSED';
  return status === 429 ? 'API_BUSY' : 'API_FAILED';
}

/** Returns how long the API asks to wait, at most ten minutes; undefined where it does not ask. */
export function apiRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const waitMs = retryAfterMs(header, nowMs);
  return waitMs === null ? undefined : Math.min(waitMs, RETRY_AFTER_MAX_MS);
}
