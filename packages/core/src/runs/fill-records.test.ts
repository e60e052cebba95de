import { expect, it } from 'vitest';
import { type FillStep, SinkError } from '../contract/index.js';
import { fillJob, fillRecords } from './fill-records.js';
import type { StoreSession } from './session.js';

const MINUTE_MS = 60_000;
const locked = new SinkError('SQL_BUSY', 'A lock', { verdict: 'retryable', outcome: 'not-committed' });
const refused = new SinkError('SQL_RIGHTS', 'No right', { verdict: 'fatal', outcome: 'not-committed' });

/** A session whose target fills one part of a second at each call, but for calls that throw; sleeps pass at once. */
function sessionOf(parts: number, throws: (call: number) => SinkError | null = () => null) {
  let [nowMs, calls, left] = [0, 0, parts];
  const slept: number[] = [];
  const reported: string[] = [];
  const fill = async (): Promise<FillStep | null> => {
    nowMs += 1_000;
    const error = throws(calls++);
    if (error !== null) throw error;
    left -= 1;
    return left < 0 ? null : { what: 'calls', done: parts - left, of: parts };
  };
  const sleep = async (ms: number) => {
    slept.push(ms);
    nowMs += ms;
  };
  const stop = new AbortController().signal;
  const storeClock = { now: () => nowMs, monotonic: () => nowMs, sleep };
  const session = {
    settings: { intervalMs: MINUTE_MS },
    store: { filling: { fill } },
    claim: {},
    context: { storeClock, clock: storeClock },
    deadlines: { run: (_kind: string, signal: AbortSignal, call: (o: object) => unknown) => call({ signal }) },
    observe: ({ type, code = type }: { readonly type: string; readonly code?: string }) => reported.push(code),
    stop,
  } as unknown as StoreSession;
  return { session, slept, reported, calls: () => calls };
}

it('R21 fills part after part, and rests after each as long as it took', async () => {
  const { session, slept, reported } = sessionOf(3);
  expect(await fillRecords(session)).toBe(true);
  expect(slept).toEqual([1_000, 1_000, 1_000]);
  expect(reported).toEqual(['filling', 'filling']);
});

it('R21 waits for a lock of less than a minute without a word, and rests no longer after it', async () => {
  const { session, slept, reported } = sessionOf(1, (call) => (call < 3 ? locked : null));
  expect(await fillRecords(session)).toBe(true);
  expect(reported).toEqual(['filling']);
  expect(slept.at(-1)).toBe(1_000);
});

it('R21 reports a lock that stays for a minute, and leaves the rest to a later call', async () => {
  const { session, reported, calls } = sessionOf(1, () => locked);
  expect(await fillRecords(session)).toBe(false);
  expect(reported).toEqual(['RECORDS_NOT_FILLED']);
  expect(calls()).toBeGreaterThan(1);
});

it('R21 tries again ever more rarely while the target refuses, once an hour at least', async () => {
  let isRefused = true;
  const { session } = sessionOf(1, () => (isRefused ? refused : null));
  const job = fillJob(session);
  const last = { startedMs: 0, tookMs: 0 };
  const waits: number[] = [];
  for (let run = 0; run < 8; run += 1) {
    await job.run();
    waits.push([1, 2, 4, 8, 16, 32, 60].find((minutes) => job.isDue(last, minutes * MINUTE_MS)) ?? 0);
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  isRefused = false;
  await job.run();
  expect(job.isDue(last, MINUTE_MS)).toBe(true);
});
