import type { Clock } from './clock.js';

export interface WatchdogLimits {
  /** The longest time without progress. */
  readonly idleMs: number;
  /** The longest time in all. */
  readonly totalMs: number;
}

/** Watches work that should make progress, and aborts its signal when the work stands still or takes too long. */
export interface Watchdog {
  /** Aborts when a limit is exceeded. */
  readonly signal: AbortSignal;
  /** The exceeded limit, in words; null: no limit was exceeded. */
  readonly complaint: string | null;
  /** Call when the work has made progress. */
  progress(): void;
  /** Runs the wait without counting its time, since the watched side does not cause it. */
  pauseFor(wait: Promise<void>): Promise<void>;
  /** Ends the watch. */
  end(): void;
}

export function createWatchdog(clock: Pick<Clock, 'monotonic' | 'sleep'>, limits: WatchdogLimits): Watchdog {
  const late = new AbortController();
  const ended = new AbortController();
  let startedMs = clock.monotonic();
  let lastProgressMs = startedMs;
  let pausedSinceMs: number | null = null;
  let complaint: string | null = null;

  const excuse = (ms: number) => {
    startedMs += ms;
    lastProgressMs += ms;
  };

  const watch = async () => {
    for (;;) {
      const nowMs = pausedSinceMs ?? clock.monotonic();
      const idleLeftMs = lastProgressMs + limits.idleMs - nowMs;
      const totalLeftMs = startedMs + limits.totalMs - nowMs;
      if (idleLeftMs <= 0) complaint = `sent nothing for ${limits.idleMs} ms`;
      else if (totalLeftMs <= 0) complaint = `gave no complete answer within ${limits.totalMs} ms`;
      if (complaint !== null) return late.abort(new Error(complaint));
      await clock.sleep(Math.ceil(Math.min(idleLeftMs, totalLeftMs)), ended.signal);
    }
  };
  watch().catch(ignoreEnd);

  return {
    signal: late.signal,
    get complaint() {
      return complaint;
    },
    progress() {
      lastProgressMs = clock.monotonic();
    },
    async pauseFor(wait) {
      const sinceMs = clock.monotonic();
      pausedSinceMs = sinceMs;
      try {
        await wait;
      } finally {
        pausedSinceMs = null;
        excuse(clock.monotonic() - sinceMs);
      }
    },
    end: () => ended.abort(),
  };
}

/** Ignores the end of the sleep, which `end` aborts when the work was done in time. */
function ignoreEnd(): void {}
