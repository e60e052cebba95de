import type { Clock } from '../concurrency/clock.js';

/** Wakes the one who sleeps; where nobody does, the next sleep is over at once. */
export interface Bell {
  ring(): void;
  /** Resolves when it rings, or after that time. */
  sleep(ms: number): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let hasRung = false;
  let wake = () => {};
  return {
    ring() {
      hasRung = true;
      wake();
    },
    async sleep(ms) {
      if (!hasRung) {
        const awake = new AbortController();
        wake = () => awake.abort();
        await clock.sleep(ms, awake.signal).catch((error: unknown) => {
          if (!hasRung) throw error;
        });
      }
      hasRung = false;
    },
  };
}
