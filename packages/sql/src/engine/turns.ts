import { setImmediate } from 'node:timers/promises';

/** Well below the 50 ms after which other work of the process must have had its turn (R12). */
const TURN_MS = 25;

/**
 * For work that blocks: called between its pieces, it gives the rest of the process its turn when that is due, and throws
 * where the signal was aborted meanwhile. Mostly it answers nothing, at once: `const turn = turns(); if (turn) await turn;`.
 */
export function createTurns(signal: AbortSignal): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < TURN_MS) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
      signal.throwIfAborted();
    });
  };
}
