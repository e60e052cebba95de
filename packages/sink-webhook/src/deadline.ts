/**
 * Runs work under a signal that aborts with the caller's, or when the time is over: then with a `TimeoutError`. It rejects
 * with that signal's reason at once, also where the work does not answer to it.
 */
export function withDeadline<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  const timer = setTimeout(() => own.abort(new DOMException('The time is over.', 'TimeoutError')), ms);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const result = new Promise<T>((resolve, reject) => {
    own.signal.addEventListener('abort', () => reject(own.signal.reason), { once: true });
    own.signal.throwIfAborted();
    work(own.signal).then(resolve, reject);
  });
  return result.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  });
}
