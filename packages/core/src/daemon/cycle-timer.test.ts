import { expect, it } from 'vitest';
import { systemClock } from '../concurrency/clock.js';
import { type Job, runJobs } from './cycle-timer.js';
import type { Ticker } from './ticker.js';

const onFailure = () => {};

function countingJob(until: number, stop: AbortController): Job & { readonly runs: () => number } {
  let runs = 0;
  return {
    runs: () => runs,
    isDue: () => true,
    run: async () => {
      if (++runs === until) stop.abort();
    },
  };
}

/** Ticks as often as the jobs need. */
const eagerTicker: Ticker = async function* (signal) {
  while (!signal.aborted) {
    yield;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

it('starts a job whenever it is due, until the signal aborts', async () => {
  const stop = new AbortController();
  const job = countingJob(5, stop);
  await runJobs([job], { ticker: eagerTicker, clock: systemClock, signal: stop.signal, onFailure });
  expect(job.runs()).toBe(5);
});

it('never runs a job twice at a time, and other jobs go on beside a slow one', async () => {
  const stop = new AbortController();
  const quick = countingJob(20, stop);
  let slowRuns = 0;
  const slow: Job = {
    isDue: () => true,
    run: () => {
      slowRuns++;
      return new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve()));
    },
  };
  await runJobs([slow, quick], { ticker: eagerTicker, clock: systemClock, signal: stop.signal, onFailure });
  expect(slowRuns).toBe(1);
});

it('ends with the first failure, after the others have ended', async () => {
  const stop = new AbortController();
  const broken: Job = { isDue: () => true, run: () => Promise.reject(new Error('broken')) };
  const running = runJobs([broken, countingJob(999, stop)], {
    ticker: eagerTicker,
    clock: systemClock,
    signal: stop.signal,
    onFailure,
  });
  await expect(running).rejects.toThrow('broken');
});

it('tells of a failure at once, so that a job which waits for something else can be ended', async () => {
  const stop = new AbortController();
  const waiting: Job = {
    isDue: () => true,
    run: () => new Promise((_, reject) => stop.signal.addEventListener('abort', () => reject(stop.signal.reason))),
  };
  const broken: Job = { isDue: () => true, run: () => Promise.reject(new Error('broken')) };
  const options = { ticker: eagerTicker, clock: systemClock, signal: stop.signal };
  const running = runJobs([waiting, broken], { ...options, onFailure: (error) => stop.abort(error) });
  await expect(running).rejects.toThrow('broken');
});
