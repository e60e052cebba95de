import type { Clock } from './clock.js';

/** Runs work a fixed time after the first request for it, once for all requests until then. */
export interface Linger {
  request(): void;
  /** Drops the requests whose work has not begun, and waits for work that has begun. */
  end(): Promise<void>;
}

/** @param work must not throw */
export function createLinger(clock: Pick<Clock, 'sleep'>, lingerMs: number, work: () => Promise<void>): Linger {
  const ended = new AbortController();
  let isRequested = false;
  let last = Promise.resolve();

  const workLater = async () => {
    await clock.sleep(lingerMs, ended.signal);
    isRequested = false;
    await work();
  };

  return {
    request() {
      if (isRequested || ended.signal.aborted) return;
      isRequested = true;
      last = last.then(workLater).catch(ignoreEnd);
    },
    end() {
      ended.abort();
      return last;
    },
  };
}

/** Ignores the end of the sleep, which `end` aborts. */
function ignoreEnd(): void {}
