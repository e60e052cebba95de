/**
 * Runs work under a signal that aborts with the caller's, or at the end of the time, then with a `TimeoutError`. Work
 * that fails under an aborted signal fails with the signal's reason, whatever it threw; work that succeeds all the same
 * has succeeded.
 */
export async function withDeadline<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const stop = () => own.abort(signal.reason);
  const timer = setTimeout(() => own.abort(new DOMException('The time is over.', 'TimeoutError')), ms);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work(own.signal);
  } catch (error) {
    own.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
