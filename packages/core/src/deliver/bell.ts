import type { Clock } from '../concurrency/clock.js';

/** Wakes the one who sleeps; where nobody does, the next sleep is over at once. */
export interface Bell {
  ring(): void;
  /** Resolves when it rings, or after that time. */
  sleep(ms: number): Promise<void>;
}

export function createBell(clock: Clock): Bell {
  let hasRung = false;
  let sleeper: AbortController | null = null;
  return {
    ring() {
      hasRung = true;
      sleeper?.abort(RUNG);
      sleeper = null;
    },
    async sleep(ms) {
      if (!hasRung) {
        sleeper = new AbortController();
        await clock.sleep(ms, sleeper.signal).catch((error: unknown) => {
          if (error !== RUNG) throw error;
        });
        sleeper = null;
      }
      hasRung = false;
    },
  };
}

/** One for all: to make an error costs more than to sleep. */
const RUNG = new Error('The bell rang.');
