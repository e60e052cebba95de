import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import { createWaitReport, type WaitLine } from '../concurrency/wait-report.js';
import type { Observer } from '../observe/run-events.js';
import type { ApiFault } from './api-fault.js';

/** Waits longer than this are told with the time of their end. */
const LONG_WAIT_MS = 60_000;
/** A later end that is nearly the one that was told is not told again. */
const NEARLY_MS = 30_000;

export interface WaitSettings {
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly observe: Observer;
}

/** The waits of one call, from its first attempt to its answer. */
export interface CallWaits {
  /** Tells of the failure where that is new, and sleeps until the next attempt. */
  failed(fault: ApiFault, attempts: number, signal: AbortSignal): Promise<void>;
  succeeded(): void;
  /** The call has ended, with or without an answer. */
  ended(): void;
}

/**
 * How requests wait for the API, and what is told of it. An outage that all requests share is told once. A request that
 * fails alone, while others succeed, is told by itself, louder each time.
 * A 429 or 503 with `Retry-After` holds back all requests; with any other status it holds back its own.
 */
export interface ApiWaits {
  /** Waits while all requests are held back. */
  untilFree(signal: AbortSignal): Promise<void>;
  ofCall(): CallWaits;
}

export function createApiWaits({ backoff, clock, observe }: WaitSettings): ApiWaits {
  const shared = createWaitReport();
  let lastSuccessMs = Number.NEGATIVE_INFINITY;
  let busyUntilMs = 0;
  /** Begin of a wait that was told, and whose call ended without an answer. */
  let abandonedSinceMs: number | null = null;

  /** Returns whether the API's wish moves the end of the wait by enough to be told. */
  const holdBack = ({ status, retryAfterMs = 0 }: ApiFault): boolean => {
    if (status !== 429 && status !== 503) return false;
    const untilMs = clock.monotonic() + retryAfterMs;
    const isNew = retryAfterMs >= LONG_WAIT_MS && untilMs > busyUntilMs + NEARLY_MS;
    busyUntilMs = Math.max(busyUntilMs, untilMs);
    return isNew;
  };

  const tell = ({ code, message, retryAfterMs = 0 }: ApiFault, line: WaitLine) => {
    const until = new Date(clock.now() + retryAfterMs).toISOString();
    const added = retryAfterMs >= LONG_WAIT_MS ? ` It asks to come back later: dbsync waits until ${until}.` : '';
    observe({ type: 'waiting', for: 'api', code, message: message + added, ...line });
  };

  return {
    async untilFree(signal) {
      while (busyUntilMs > clock.monotonic()) await clock.sleep(busyUntilMs - clock.monotonic(), signal);
    },
    ofCall() {
      const own = createWaitReport();
      let failingSinceMs: number | null = null;
      let isToldAlone = false;
      return {
        async failed(fault, attempts, signal) {
          const nowMs = clock.monotonic();
          failingSinceMs ??= nowMs;
          const isAlone = lastSuccessMs > failingSinceMs;
          const ownLine = own.failed(nowMs);
          const line = isAlone ? ownLine : shared.failed(nowMs);
          const isHeld = holdBack(fault);
          isToldAlone ||= isAlone && line !== null;
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
          const afterMs = (isToldAlone ? ownMs : sharedMs) ?? abandonedMs;
          isToldAlone = false;
          abandonedSinceMs = null;
          if (afterMs !== null) observe({ type: 'recovered', for: 'api', afterMs });
        },
        ended() {
          if (isToldAlone) abandonedSinceMs ??= failingSinceMs;
        },
      };
    },
  };
}
