import { setImmediate } from 'node:timers/promises';

/** The function that {@link createTurns} returns. Call it between pieces of work that block the event loop. */
export type Turns = () => Promise<void> | undefined;

/** Far below the 50 ms after which other work of the process must have had its turn (R12). */
const TURN_MS = 25;

/**
 * Creates a function to call between pieces of work that block. When 25 ms have passed, it lets the rest of the process
 * run, and throws if the signal was aborted meanwhile. Mostly it returns undefined at once, so that no promise is
 * awaited: `const turn = turns(); if (turn) await turn;`.
 */
export function createTurns(signal: AbortSignal): Turns {
  let last = performance.now();
  return () => {
    if (performance.now() - last < TURN_MS) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
      signal.throwIfAborted();
    });
  };
}
