export interface Backoff {
  /** Upper bound of the first delay. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Returns the delay before the next attempt, in milliseconds: exponential back-off with full jitter, the same for
 * fetch, emit and deliver. It is uniform in `[0, min(maxMs, firstMs * 2^(attempt - 1))]`, and never below
 * `retryAfterMs`.
 *
 * @param attempt number of failures so far, from 1
 * @param random uniform in [0, 1)
 */
export function backoffDelayMs(
  backoff: Backoff,
  attempt: number,
  options: { readonly retryAfterMs?: number | undefined; readonly random?: () => number } = {},
): number {
  const random = options.random ?? Math.random;
  const ceiling = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(options.retryAfterMs ?? 0, Math.round(random() * ceiling));
}
