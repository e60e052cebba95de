import type { Clock } from './clock.js';

export interface WatchdogLimits {
  /** Longest time without progress. */
  readonly idleMs: number;
  /** Longest time in all. */
  readonly totalMs: number;
}

/** Watches work that should make progress, and aborts its signal when the work stands still or takes too long. */
export interface Watchdog {
  /** Aborts when a limit is passed. */
  readonly signal: AbortSignal;
  /** The limit that was passed, in words; null: none. */
  readonly complaint: string | null;
  /** The work made progress. */
  progress(): void;
  /** Runs the wait without counting its time: the watched side is not to blame for it. */
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

/** The sleep ends this way when the work was done in time. */
function ignoreEnd(): void {}
