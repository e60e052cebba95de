import type { Clock } from './clock.js';

/**
 * The wall clock as instants are stored by it, without its jumps: it goes on by the monotonic clock until `follow` is
 * called. So a pause is as long as it was meant to be, and what was stored can be moved by the same jump first.
 */
export interface SteadyWall {
  /** Milliseconds since 1970, whole ones. */
  now(): number;
  /** By how much the wall clock has been set since, in milliseconds; 0: by less than a second or two. */
  jumpedMs(): number;
  /** From now on it goes by the wall clock as it was set: so many milliseconds further. */
  follow(jumpedMs: number): void;
}

/** Small steps, such as those of NTP, harm nothing. */
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
