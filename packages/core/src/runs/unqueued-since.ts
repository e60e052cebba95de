/**
 * Returns a function that takes what is not queued, and the time of the body that showed it. It returns the time of the first body
 * since which the same was not queued: a holder that has read the events of that time has passed it over.
 */
export function createUnqueuedSince(): (unqueued: readonly string[], seenMs: number) => number {
  let first: { readonly key: string; readonly seenMs: number } | null = null;
  return (unqueued, seenMs) => {
    const key = JSON.stringify(unqueued);
    if (first?.key !== key) first = { key, seenMs };
    return first.seenMs;
  };
}
