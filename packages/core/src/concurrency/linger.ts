import type { Clock } from './clock.js';

/** Runs work a fixed time after the first wish for it, once for all wishes until then. */
export interface Linger {
  wish(): void;
  /** Drops the wishes whose work has not begun, and waits for work that has begun. */
  end(): Promise<void>;
}

/** @param work must not throw */
export function createLinger(clock: Pick<Clock, 'sleep'>, lingerMs: number, work: () => Promise<void>): Linger {
  const ended = new AbortController();
  let isWished = false;
  let last = Promise.resolve();

  const workLater = async () => {
    await clock.sleep(lingerMs, ended.signal);
    isWished = false;
    await work();
  };

  return {
    wish() {
      if (isWished || ended.signal.aborted) return;
      isWished = true;
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
