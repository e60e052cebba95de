import type { Clock } from './clock.js';

/** Does something a while after it was first wished for, once for all wishes until then. */
export interface Linger {
  wish(): void;
  /** Drops what is wished for, and waits for what has begun. */
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

/** The sleep ends this way. */
function ignoreEnd(): void {}
