import pRetry from 'p-retry';
import { isSinkError, type SinkError } from '../contract/index.js';
import { type Backoff, backoffDelayMs } from './backoff.js';
import type { Clock } from './clock.js';

export interface RepeatOptions {
  readonly signal: AbortSignal;
  /**
   * Called after each failure. Returns when the next attempt is due. Throws what ends the repetition, such as the error itself.
   *
   * @param failures number of failures so far, from 1
   */
  readonly onFailure: (error: Error, failures: number) => void | Promise<void>;
}

/** Repeats the work until it succeeds, `onFailure` throws, or the signal aborts. */
export function repeat<T>(work: () => Promise<T>, { signal, onFailure }: RepeatOptions): Promise<T> {
  return pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 0,
    signal,
    onFailedAttempt: ({ error, attemptNumber }) => onFailure(error, attemptNumber),
  });
}

export interface BackoffOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
}

export interface RepeatCallOptions extends BackoffOptions {
  /** Returns whether the same call may be sent again. */
  readonly mayRepeat: (error: SinkError) => boolean;
  /** Called before each wait. */
  readonly onRetry?: (error: SinkError) => void;
}

/** Repeats a call to a sink while its error allows that. Sleeps with back-off, and for as long as the sink asks. */
export function repeatCall<T>(call: () => Promise<T>, options: RepeatCallOptions): Promise<T> {
  const { clock, backoff, signal, mayRepeat, onRetry } = options;
  return repeat(call, {
    signal,
    async onFailure(error, failures) {
      if (!isSinkError(error) || !mayRepeat(error)) throw error;
      onRetry?.(error);
      const { retryAfterMs } = error;
      await clock.sleep(backoffDelayMs(backoff, failures, { retryAfterMs }), signal);
    },
  });
}

/**
 * Repeats work that succeeds, until its result is one that `isDone` takes. Sleeps with back-off in between.
 *
 * @param work gets the number of the attempt, from 1
 */
export async function repeatUntil<T>(
  work: (attempt: number) => Promise<T>,
  isDone: (result: T) => boolean,
  { clock, backoff, signal }: BackoffOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const result = await work(attempt);
    if (isDone(result)) return result;
    await clock.sleep(backoffDelayMs(backoff, attempt), signal);
  }
}
