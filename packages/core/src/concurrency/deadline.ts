import type { CallOptions } from '../contract/index.js';

/** Runs the work with a signal that aborts with the given one, or when it has taken too long in real time. */
export async function withDeadline<T>(
  limitMs: number,
  signal: AbortSignal,
  work: (options: CallOptions) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`No answer came within ${limitMs} ms.`)), limitMs);
  try {
    return await work({ signal: AbortSignal.any([signal, late.signal]) });
  } finally {
    clearTimeout(timer);
  }
}
