/** Limits the number of holders at a time, and serves waiting callers in the order in which they came. */
export interface Semaphore {
  /** Runs the work once a place is free, and frees the place when the work has succeeded or failed. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Takes a place for a caller that frees it by {@link leave}. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<void>;
  /** Frees the place of a caller that has entered. */
  leave(): void;
  /** Takes all places, so the work runs while no other holder has a place. */
  runAlone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Waiter {
  readonly places: number;
  readonly proceed: () => void;
}

/** Creates a semaphore with this number of places. */
export function createSemaphore(places: number): Semaphore {
  let free = places;
  const waiters: Waiter[] = [];

  const wake = () => {
    for (let first = waiters[0]; first && first.places <= free; first = waiters[0]) {
      waiters.shift();
      free -= first.places;
      first.proceed();
    }
  };

  const acquire = (wanted: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = () => {
        waiters.splice(waiters.indexOf(waiter), 1);
        reject(signal.reason);
        wake();
      };
      const proceed = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const waiter: Waiter = { places: wanted, proceed };
      signal.addEventListener('abort', giveUp, { once: true });
      waiters.push(waiter);
      wake();
    });

  const release = (taken: number) => {
    free += taken;
    wake();
  };

  const hold = async <T>(wanted: number, work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    await acquire(wanted, signal);
    try {
      return await work();
    } finally {
      release(wanted);
    }
  };

  return {
    run: (work, signal) => hold(1, work, signal),
    enter: (signal) => acquire(1, signal),
    leave: () => release(1),
    runAlone: (work, signal) => hold(places, work, signal),
  };
}
