import type { Clock } from '../concurrency/clock.js';

/** Ends a sleep early. If `wake` is called while no sleep is under way, the next sleep ends at once. */
export interface Wakeup {
  wake(): void;
  /** Resolves at the next `wake`, or after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}

export function createWakeup(clock: Clock): Wakeup {
  let isDue = false;
  let sleeper: AbortController | null = null;
  return {
    wake() {
      isDue = true;
      sleeper?.abort(WOKEN);
      sleeper = null;
    },
    async sleep(ms) {
      if (!isDue) {
        sleeper = new AbortController();
        await clock.sleep(ms, sleeper.signal).catch((error: unknown) => {
          if (error !== WOKEN) throw error;
        });
        sleeper = null;
      }
      isDue = false;
    },
  };
}

/** One error for all sleeps, since creating an error costs more time than the sleep itself. */
const WOKEN = new Error('The sleep was ended.');
