/** Returns the acquired thing. If the signal aborts before it comes, gives it back as soon as it comes. */
export async function unlessAborted<T>(
  acquired: Promise<T>,
  giveBack: (late: T) => void,
  signal: AbortSignal,
): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([acquired, aborted.promise]);
  } catch (error) {
    if (signal.aborted) acquired.then(giveBack).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
