/**
 * Runs the work that makes a new connection ready, such as its settings, and gives up when the server does not answer in time: it would
 * keep the place of the call that waits. The error is that of a server that cannot be reached.
 *
 * @param giveUp breaks the connection off, so that the work fails
 */
export async function readyWithin<T>(timeoutMs: number, giveUp: () => void, work: () => Promise<T>): Promise<T> {
  let late: Error | null = null;
  const timer = setTimeout(() => {
    const message = `The server logged dbsync in, and has not answered for ${timeoutMs / 1000} s`;
    late = Object.assign(new Error(message), { syscall: 'connect' });
    giveUp();
  }, timeoutMs);
  try {
    const ready = await work();
    if (late === null) return ready;
    throw late;
  } catch (error) {
    throw late ?? error;
  } finally {
    clearTimeout(timer);
  }
}
