import pRetry from 'p-retry';
import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import { createWaitReport } from '../concurrency/wait-report.js';
import { isSinkError, type SinkError } from '../contract/index.js';
import type { Awaited, Observer } from '../observe/run-events.js';

/** Makes calls again that failed and may be repeated, for as long as it takes, and tells that it waits. */
export type RepeatedCalls = <T>(call: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export interface RepeatedCallsOptions {
  readonly for: Awaited;
  readonly backoff: Backoff;
  readonly mayRepeat: (error: SinkError) => boolean;
  readonly clock: Clock;
  readonly observe: Observer;
}

export function createRepeatedCalls(options: RepeatedCallsOptions): RepeatedCalls {
  const { backoff, mayRepeat, clock, observe } = options;
  const wait = createWaitReport();
  const isPassing = (error: unknown): error is SinkError => isSinkError(error) && mayRepeat(error);

  return async (call, signal) => {
    const result = await pRetry(call, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      signal,
      shouldRetry: ({ error }) => isPassing(error),
      onFailedAttempt: async ({ error, attemptNumber }) => {
        if (!isPassing(error)) return;
        const line = wait.failed(clock.monotonic());
        if (line) observe({ type: 'waiting', for: options.for, code: error.code, message: error.message, ...line });
        const { retryAfterMs } = error;
        await clock.sleep(backoffDelayMs(backoff, attemptNumber, { retryAfterMs }), signal);
      },
    });
    const afterMs = wait.succeeded(clock.monotonic());
    if (afterMs !== null) observe({ type: 'recovered', for: options.for, afterMs });
    return result;
  };
}
