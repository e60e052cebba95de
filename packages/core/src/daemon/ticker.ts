import { type Clock, systemClock } from '../concurrency/clock.js';

/** Yields at once, and then again and again until the signal aborts. It does not decide what is due. */
export type Ticker = (signal: AbortSignal) => AsyncIterable<void>;

const TICK_MS = 1_000;
/** Used if the interval is a multiple of it: a shorter tick would gain nothing. */
const SLOW_TICK_MS = 5_000;

/**
 * The ticker of the process. It sleeps by the monotonic clock, so a jump of the wall clock neither delays nor repeats a
 * tick.
 */
export function processTicker(intervalMs: number): Ticker {
  return clockTicker(systemClock, intervalMs % SLOW_TICK_MS === 0 ? SLOW_TICK_MS : TICK_MS);
}

/** Ticks by an injected clock, in which a day takes a second. */
export function clockTicker(clock: Clock, everyMs: number): Ticker {
  return async function* ticks(signal) {
    while (!signal.aborted) {
      yield;
      await clock.sleep(everyMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  };
}
