import type { Clock } from '../concurrency/clock.js';

/** Ends a sleep early. If it rings while nothing sleeps, the next sleep ends at once. */
export interface Bell {
  ring(): void;
  /** Resolves when the bell rings, or after `ms` milliseconds. */
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

/** One error for all bells: to create an error costs more than to sleep. */
const RUNG = new Error('The bell rang.');
