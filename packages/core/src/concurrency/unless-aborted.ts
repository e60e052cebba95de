/**
 * Waits for the work, but no longer than the signal lets it: then it rejects with the signal's reason. The work goes on,
 * since others may wait for it too.
 *
 * @param giveBack gets the result of work that ends after the abort, such as a connection that must return to its pool
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  giveBack?: (late: T) => void,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    if (signal.aborted) work.then(giveBack).catch(ignoreLate);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Ignores the failure of work that its caller no longer waits for. */
function ignoreLate(): void {}
