import type { Clock } from '../concurrency/clock.js';
import type { LastRun } from '../discover/cadence.js';
import type { Ticker } from './ticker.js';

/** Work that runs again and again. A job never runs twice at a time, but it runs beside other jobs. */
export interface Job {
  isDue(last: LastRun | null, nowMs: number): boolean;
  run(): Promise<void>;
}

export interface JobOptions {
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called at once when a job fails, so that the other jobs can be ended. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Starts each job when it is due, until the signal aborts or a job fails. Then it waits for the jobs under way, which
 * `onFailure` should end, and throws the first failure. The monotonic clock decides what is due, so wall-clock jumps
 * move nothing.
 */
export async function runJobs(jobs: readonly Job[], { ticker, clock, signal, onFailure }: JobOptions): Promise<void> {
  const failed = new AbortController();
  const lastRuns = new Map<Job, LastRun>();
  const running = new Map<Job, Promise<void>>();

  const start = async (job: Job) => {
    const startedMs = clock.monotonic();
    try {
      await job.run();
      lastRuns.set(job, { startedMs, tookMs: clock.monotonic() - startedMs });
    } catch (error) {
      failed.abort(error);
      onFailure(error);
    } finally {
      running.delete(job);
    }
  };

  for await (const _ of ticker(AbortSignal.any([signal, failed.signal]))) {
    const due = jobs.filter((job) => !running.has(job) && job.isDue(lastRuns.get(job) ?? null, clock.monotonic()));
    for (const job of due) running.set(job, start(job));
  }
  await Promise.all(running.values());
  failed.signal.throwIfAborted();
}
