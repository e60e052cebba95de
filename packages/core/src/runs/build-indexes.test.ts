import { expect, it } from 'vitest';
import { systemClock } from '../concurrency/clock.js';
import { type IndexesBuilt, SinkError } from '../contract/index.js';
import { buildIndexesAtEnd, indexJob } from './build-indexes.js';
import type { StoreSession } from './session.js';

const MINUTE_MS = 60_000;

/** A session whose builds end so, one after the other, and what it tells. */
function sessionOf(ends: readonly (IndexesBuilt | Error)[]) {
  const reported: string[] = [];
  let nowMs = 0;
  const left = [...ends];
  const buildIndexes = async () => {
    const end = left.shift();
    if (end === undefined || end instanceof Error) throw end ?? new Error('no build was expected');
    return end;
  };
  const session = {
    store: { indexing: { buildIndexes } },
    context: { clock: { monotonic: () => nowMs }, storeClock: systemClock },
    observe: ({ code }: { readonly code: string }) => reported.push(code),
    stop: new AbortController().signal,
  } as unknown as StoreSession;
  return {
    session,
    reported,
    pass: (minutes: number) => {
      nowMs = minutes * MINUTE_MS;
      return nowMs;
    },
  };
}

it('R39 ends no session by a build that fails, tells of it, and tries again after five minutes, then after ten', async () => {
  const locked = new SinkError('SQL_BUSY', 'A lock', { verdict: 'retryable', outcome: 'not-committed' });
  const { session, reported, pass } = sessionOf([
    locked,
    { built: [], isLeft: true },
    { built: ['calls'], isLeft: false },
  ]);
  const job = indexJob(session);
  const isDueAfter = (minutes: number) => job.isDue(null, pass(minutes));
  expect(isDueAfter(0)).toBe(true);
  await job.run();
  expect(reported).toEqual(['INDEXES_NOT_BUILT']);
  expect([4, 5].map(isDueAfter)).toEqual([false, true]);
  await job.run();
  expect([14, 15].map(isDueAfter)).toEqual([false, true]);
  await job.run();
  expect(reported).toEqual(['INDEXES_NOT_BUILT', 'INDEXES_BUILT']);
  expect(isDueAfter(100_000)).toBe(false);
});

it('R39 tells of a connection that is lost at the end of a run, where no write reports it', async () => {
  const lost = new SinkError('SQL_LOST', 'Gone', { verdict: 'retryable', outcome: 'unknown', connectionLost: true });
  const { session, reported } = sessionOf([lost, lost]);
  await indexJob(session).run();
  expect(reported).toEqual([]);
  await buildIndexesAtEnd(session);
  expect(reported).toEqual(['INDEXES_NOT_BUILT']);
});
