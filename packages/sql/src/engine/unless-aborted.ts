import { unlessAborted as waitUnlessAborted } from '@dbsync/core/sink-kit';

/** Returns the acquired thing. If the signal aborts before it comes, gives it back as soon as it comes. */
export function unlessAborted<T>(acquired: Promise<T>, giveBack: (late: T) => void, signal: AbortSignal): Promise<T> {
  return waitUnlessAborted(acquired, signal, giveBack);
}
