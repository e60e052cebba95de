/** A clock whose time passes only while code sleeps, and then at once: a day takes no longer than a second. */
export interface SleepingClock {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Moves both clocks on by this much. */
  pass(ms: number): void;
  /** Makes only the wall clock jump. */
  jump(ms: number): void;
  /** All sleeps so far. */
  readonly slept: readonly number[];
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

export function createSleepingClock(startMs = Date.UTC(2026, 2, 2, 12)): SleepingClock {
  let monotonicMs = 0;
  let wallAheadMs = startMs;
  const sleepers = new Set<Sleeper>();
  const slept: number[] = [];

  const wakeNext = () => {
    const [next] = [...sleepers].sort((a, b) => a.untilMs - b.untilMs);
    if (!next) return;
    sleepers.delete(next);
    monotonicMs = Math.max(monotonicMs, next.untilMs);
    next.wake();
  };

  return {
    now: () => wallAheadMs + monotonicMs,
    monotonic: () => monotonicMs,
    sleep(ms, signal) {
      signal.throwIfAborted();
      slept.push(ms);
      return new Promise((resolve, reject) => {
        const sleeper = { untilMs: monotonicMs + ms, wake: () => finish(resolve) };
        const abort = () => finish(() => reject(signal.reason));
        const finish = (settle: () => void) => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', abort);
          settle();
        };
        signal.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
        setImmediate(wakeNext);
      });
    },
    pass(ms) {
      monotonicMs += ms;
    },
    jump(ms) {
      wallAheadMs += ms;
    },
    slept,
  };
}
