import { setImmediate } from 'node:timers/promises';

/** Well below the 50 ms after which other work of the process must have had time (R12). */
const TURN_MS = 25;

/**
 * For work that blocks. The returned function is called between pieces of the work: it lets other work of the process
 * run when that is due, and throws when the signal was aborted. It mostly returns undefined, at once: `const turn =
 * turns(); if (turn) await turn;`.
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
