/** The time within which an abort must be answered: less than core's guard waits before it gives a call up. */
const SOON_MS = 4_000;

/** Returns the result of a call, or throws its error; rejects where it has not ended soon. */
export async function soon<T>(ended: Promise<T>, what: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} did not end within ${SOON_MS / 1000} s`)), SOON_MS);
  return Promise.race([ended, promise]).finally(() => clearTimeout(timer));
}
