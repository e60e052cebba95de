import type { CallOptions } from '../contract/index.js';
import type { Clock } from './clock.js';
import { withDeadline } from './deadline.js';

/**
 * Deadlines for calls whose usual time is not known. A hanging call ends soon, and a slow call succeeds after some
 * tries: each time a call of one kind misses its deadline, the next call of that kind gets twice the time, at most two
 * hours.
 */
export interface LearnedDeadlines {
  run<T>(kind: string, signal: AbortSignal, work: (options: CallOptions) => Promise<T>): Promise<T>;
}

const MOST_MS = 2 * 3_600_000;

/** @param firstMs the deadline of a call until a call of its kind has taken longer */
export function createLearnedDeadlines(clock: Pick<Clock, 'sleep' | 'monotonic'>, firstMs: number): LearnedDeadlines {
  const limits = new Map<string, number>();
  return {
    async run(kind, signal, work) {
      const limitMs = limits.get(kind) ?? firstMs;
      const startedMs = clock.monotonic();
      let ends = signal;
      try {
        const result = await withDeadline(clock, limitMs, signal, (call) => {
          ends = call.signal;
          return work(call);
        });
        limits.set(kind, Math.min(MOST_MS, Math.max(firstMs, 2 * (clock.monotonic() - startedMs))));
        return result;
      } catch (error) {
        if (ends.aborted && !signal.aborted) limits.set(kind, Math.min(MOST_MS, 2 * limitMs));
        throw error;
      }
    },
  };
}
