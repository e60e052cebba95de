import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import { createWaitReport, type WaitLine } from '../concurrency/wait-report.js';
import type { Observer } from '../observe/run-events.js';
import type { ApiFault } from './api-fault.js';
import type { LimitScope } from './limit-scope.js';

/** The log line about a wait that is longer than this gives the time of its end. */
const LONG_WAIT_MS = 60_000;
/** A new end of the wait is logged only if it is later than the logged one by more than this. */
const NEARLY_MS = 30_000;

export interface WaitSettings {
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly observe: Observer;
}

export interface FailedOptions {
  readonly signal: AbortSignal;
  /** The requests that a `Retry-After` delays. */
  readonly scope: LimitScope;
  /** The time of the failure, by the monotonic clock. What it was compared with since may have waited with all requests. */
  readonly failedMs: number;
}

/** The waits of one call, from its first attempt to its answer. */
export interface CallWaits {
  /** Logs the failure if a line is due, and sleeps until the next attempt. */
  failed(fault: ApiFault, attempts: number, options: FailedOptions): Promise<void>;
  succeeded(): void;
  /** Call when the call has ended, with or without an answer. */
  ended(): void;
}

/**
 * The waits of requests for the API, and their log lines. An outage that all requests share is logged once. A request
 * that fails alone, while others succeed, is logged separately, with a rising level. A 429 or 503 with `Retry-After`
 * delays all requests, unless it concerns its own request alone; any other status with it delays its own request.
 */
export interface ApiWaits {
  /** Waits while all requests are held back. */
  untilFree(signal: AbortSignal): Promise<void>;
  /** Returns whether all requests are held back later than this time, in milliseconds of the monotonic clock. */
  isHeldAfter(ms: number): boolean;
  ofCall(): CallWaits;
}

export function createApiWaits({ backoff, clock, observe }: WaitSettings): ApiWaits {
  const shared = createWaitReport();
  let lastSuccessMs = Number.NEGATIVE_INFINITY;
  let busyUntilMs = Number.NEGATIVE_INFINITY;
  /** The start of a wait that was logged, and whose call ended without an answer. */
  let abandonedSinceMs: number | null = null;

  const isHeldAfter = (ms: number): boolean => busyUntilMs > ms;

  /** Applies the API's `Retry-After`. Returns whether it moves the end of the wait by enough to be logged. */
  const holdBack = ({ asksToSlowDown, retryAfterMs = 0 }: ApiFault, scope: LimitScope): boolean => {
    if (!asksToSlowDown || scope !== 'all' || retryAfterMs === 0) return false;
    const untilMs = clock.monotonic() + retryAfterMs;
    const isNew = retryAfterMs >= LONG_WAIT_MS && untilMs > busyUntilMs + NEARLY_MS;
    busyUntilMs = Math.max(busyUntilMs, untilMs);
    return isNew;
  };

  const tell = ({ code, message, retryAfterMs = 0 }: ApiFault, line: WaitLine) => {
    const until = new Date(clock.now() + retryAfterMs).toISOString();
    const added = retryAfterMs >= LONG_WAIT_MS ? ` It asks dbsync to slow down: dbsync waits until ${until}.` : '';
    observe({ type: 'waiting', for: 'api', code, message: message + added, ...line });
  };

  return {
    async untilFree(signal) {
      while (busyUntilMs > clock.monotonic()) await clock.sleep(busyUntilMs - clock.monotonic(), signal);
    },
    isHeldAfter,
    ofCall() {
      const own = createWaitReport();
      let failingSinceMs: number | null = null;
      let isReportedAlone = false;
      return {
        async failed(failure, attempts, { signal, scope, failedMs }) {
          const nowMs = clock.monotonic();
          const fault = isHeldAfter(failedMs) ? failure.afterWaiting(nowMs - failedMs) : failure;
          failingSinceMs ??= nowMs;
          const isAlone = lastSuccessMs > failingSinceMs;
          const ownLine = own.failed(nowMs);
          const line = isAlone ? ownLine : shared.failed(nowMs);
          const isHeld = holdBack(fault, scope);
          isReportedAlone ||= isAlone && line !== null;
          if (line) tell(fault, line);
          else if (isHeld) tell(fault, { level: 'info', waitedMs: nowMs - failingSinceMs, attempt: attempts });
          const { retryAfterMs } = fault;
          await clock.sleep(backoffDelayMs(backoff, attempts, { retryAfterMs }), signal);
        },
        succeeded() {
          lastSuccessMs = clock.monotonic();
          const sharedMs = shared.succeeded(lastSuccessMs);
          const ownMs = own.succeeded(lastSuccessMs);
          const abandonedMs = abandonedSinceMs === null ? null : lastSuccessMs - abandonedSinceMs;
          const afterMs = (isReportedAlone ? ownMs : sharedMs) ?? abandonedMs;
          isReportedAlone = false;
          abandonedSinceMs = null;
          if (afterMs !== null) observe({ type: 'recovered', for: 'api', afterMs });
        },
        ended() {
          if (isReportedAlone) abandonedSinceMs ??= failingSinceMs;
        },
      };
    },
  };
}
