import { setTimeout as delay } from 'node:timers/promises';

/** The only source of time in core. A test injects its own clock, in which a day takes a second. */
export interface Clock {
  /** The machine's wall clock, in milliseconds since 1970. It may jump. */
  now(): number;
  /** Milliseconds since a fixed instant; the value never goes back. */
  monotonic(): number;
  /** Sleeps; not at all for a time that has passed. Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(Math.max(0, ms), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};
