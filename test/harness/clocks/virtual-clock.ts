import { systemClock } from '@dbsync/core';

/** Real time, with jumps: code that sleeps past the new time wakes at once. So three days take a second. */
export interface VirtualClock {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  jump(ms: number): void;
}

export function createVirtualClock(): VirtualClock {
  let jumpedMs = 0;
  const onJump = new Set<() => void>();
  const monotonic = () => systemClock.monotonic() + jumpedMs;
  return {
    now: () => systemClock.now() + jumpedMs,
    monotonic,
    async sleep(ms, signal) {
      const wakeAtMs = monotonic() + ms;
      while (monotonic() < wakeAtMs) {
        const jumped = new AbortController();
        const wake = () => jumped.abort();
        onJump.add(wake);
        try {
          await systemClock.sleep(wakeAtMs - monotonic(), AbortSignal.any([signal, jumped.signal]));
        } catch (error) {
          if (!jumped.signal.aborted) throw error;
        } finally {
          onJump.delete(wake);
        }
      }
      signal.throwIfAborted();
    },
    jump(ms) {
      jumpedMs += ms;
      for (const wake of [...onJump]) wake();
    },
  };
}
