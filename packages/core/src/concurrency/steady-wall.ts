import type { Clock } from './clock.js';

/**
 * The wall clock for stored instants, without its jumps: it goes on by the monotonic clock until `follow` is called. So
 * a pause is as long as intended, and stored instants can be moved by a jump before this clock follows it.
 */
export interface SteadyWall {
  /** Whole milliseconds since 1970. */
  now(): number;
  /**
   * Returns by how many milliseconds the wall clock has been set since the start or the last `follow`; 0 if it is less
   * than 2 s.
   */
  jumpedMs(): number;
  /** Moves this clock by this number of milliseconds, so that it agrees with the wall clock again. */
  follow(jumpedMs: number): void;
}

/** Smaller steps, such as those of NTP, have no effect and are ignored. */
const STEP_MS = 2_000;

export function createSteadyWall(clock: Pick<Clock, 'now' | 'monotonic'>): SteadyWall {
  let aheadMs = clock.now() - clock.monotonic();
  return {
    now: () => Math.round(clock.monotonic() + aheadMs),
    jumpedMs() {
      const jumpedMs = Math.round(clock.now() - clock.monotonic() - aheadMs);
      return Math.abs(jumpedMs) < STEP_MS ? 0 : jumpedMs;
    },
    follow(jumpedMs) {
      aheadMs += jumpedMs;
    },
  };
}
