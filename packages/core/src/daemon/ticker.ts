import cron from 'node-cron';
import type { Clock } from '../concurrency/clock.js';

/** Yields at once and then again and again until the signal aborts; what is due is decided elsewhere. */
export type Ticker = (signal: AbortSignal) => AsyncIterable<void>;

/** The tick of the process: one cron task, each second, or every five where nothing needs more. UTC, never two at a time. */
export function cronTicker(intervalMs: number): Ticker {
  const pattern = intervalMs % 5_000 === 0 ? '*/5 * * * * *' : '* * * * * *';
  return async function* ticks(signal) {
    let wake = () => {};
    const task = cron.schedule(pattern, () => wake(), { timezone: 'Etc/UTC', noOverlap: true, logger: SILENT });
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        yield;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
        });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      await task.destroy();
    }
  };
}

/** For an injected clock, where a day takes a second. */
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

/** A missed tick is nothing to report: the next one finds what is due. */
const SILENT = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
