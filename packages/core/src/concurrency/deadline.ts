import type { CallOptions } from '../contract/index.js';
import type { Clock } from './clock.js';

/** The abort reason of work that took too long. */
export class TooLate extends Error {
  constructor(limitMs: number) {
    super(`No answer came within ${limitMs} ms.`);
    this.name = 'TooLate';
  }
}

/**
 * Runs the work with a signal. It aborts with the given signal, or when the work has taken longer than `limitMs` by
 * this clock.
 */
export async function withDeadline<T>(
  clock: Pick<Clock, 'sleep'>,
  limitMs: number,
  signal: AbortSignal,
  work: (options: CallOptions) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(limitMs, done.signal).then(() => late.abort(new TooLate(limitMs)), ignoreEnd);
  try {
    return await work({ signal: AbortSignal.any([signal, late.signal]) });
  } finally {
    done.abort();
  }
}

/** Ignores the end of the sleep, which is aborted when the work was done in time. */
function ignoreEnd(): void {}
