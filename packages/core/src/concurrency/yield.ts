import { setImmediate } from 'node:timers/promises';

/** The function that {@link createYield} returns. Call it between pieces of work that block the event loop. */
export type Yield = () => Promise<void> | undefined;

/** Far below the 50 ms after which other work of the process must run (R12). */
const YIELD_EVERY_MS = 25;

/**
 * Creates a function to call between pieces of work that block. When 25 ms have passed, it lets the rest of the process
 * run, and throws if the signal was aborted meanwhile. Mostly it returns undefined at once, so that no promise is
 * awaited: `const pause = yieldNow(); if (pause) await pause;`.
 */
export function createYield(signal: AbortSignal): Yield {
  let last = performance.now();
  return () => {
    if (performance.now() - last < YIELD_EVERY_MS) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
      signal.throwIfAborted();
    });
  };
}
