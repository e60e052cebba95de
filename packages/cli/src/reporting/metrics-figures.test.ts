import type { RunEvent } from '@dbsync/core';
import { beforeEach, expect, it } from 'vitest';
import { cycleEvent, progressEvent, waitingEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { createRunFigures, type RunFigures } from './metrics-figures.js';

const STANDBY = { type: 'standby', holder: 'process 1 on elsewhere', expiresInMs: 1_000 } as const;
const LISTING_DONE = { type: 'part-done', part: 'listing', contacts: 1, tookMs: 1, until: null } as const;

let nowMs: number;
let figures: RunFigures;
beforeEach(() => {
  nowMs = 5_000;
  figures = createRunFigures(() => nowMs);
});

function hear(...events: readonly RunEvent[]): void {
  for (const event of events) figures.observe(event);
}

it('knows nothing before the first event', () => {
  expect(figures).toMatchObject({ claim: 'none', isStopping: false, lagMs: null, sinceCycleMs: null });
  expect(figures.sinceListingMs).toBeNull();
  expect(figures.totals.rowsInserted).toBe(0);
  expect(figures.waitingMs('store')).toBe(0);
});

it('lets lag and ages grow while no cycle ends', () => {
  hear({ type: 'claimed', epoch: 1n }, LISTING_DONE);
  nowMs += 3_000;
  hear(cycleEvent({ lagMs: 2_000 }));
  nowMs += 10_000;
  expect(figures).toMatchObject({ claim: 'held', lagMs: 12_000, sinceCycleMs: 10_000, sinceListingMs: 13_000 });
  hear(cycleEvent({ lagMs: null }));
  expect(figures).toMatchObject({ lagMs: null, sinceCycleMs: 0 });
});

it('counts listings alone as such', () => {
  hear({ ...LISTING_DONE, part: 'inbound' }, { ...LISTING_DONE, part: 'backfill' });
  expect(figures.sinceListingMs).toBeNull();
});

it('has no lag and no ages while it stands by', () => {
  hear({ type: 'claimed', epoch: 1n }, cycleEvent(), LISTING_DONE, STANDBY);
  expect(figures).toMatchObject({ claim: 'standby', lagMs: null, sinceCycleMs: null, sinceListingMs: null });
});

it('takes totals from commits, cycles and the end', () => {
  hear(progressEvent({ rowsInserted: 7 }));
  expect(figures.totals.rowsInserted).toBe(7);
  const cycle = cycleEvent({}, { rowsInserted: 8 });
  hear(cycle);
  expect(figures.totals.rowsInserted).toBe(8);
  const totals = { ...cycle.totals, rowsInserted: 9 };
  hear({ type: 'stopped', summary: { mode: 'db_sync', tookMs: 1, totals } });
  expect(figures.totals.rowsInserted).toBe(9);
});

it('measures a wait from its first error on, for each target by itself, until it is over', () => {
  hear(waitingEvent('api', 'API_DOWN', 60_000));
  nowMs += 500;
  hear(waitingEvent('store', 'SQL_DOWN'));
  nowMs += 2_000;
  expect([figures.waitingMs('api'), figures.waitingMs('store')]).toEqual([62_500, 2_000]);
  hear({ type: 'recovered', for: 'api', afterMs: 62_500 });
  expect([figures.waitingMs('api'), figures.waitingMs('store')]).toEqual([0, 2_000]);
});

it.each<RunEvent>([progressEvent({}), cycleEvent(), { type: 'claimed', epoch: 2n }, STANDBY])(
  'takes $type for an answer of the store, which ends a wait for it and none for the API',
  (event) => {
    hear(waitingEvent('api', 'API_DOWN'), waitingEvent('store', 'SQL_DEADLOCK'));
    nowMs += 1_000;
    hear(event);
    expect([figures.waitingMs('api'), figures.waitingMs('store')]).toEqual([1_000, 0]);
  },
);

it('gives the claim up as it ends', () => {
  const { totals } = cycleEvent();
  hear({ type: 'claimed', epoch: 1n }, waitingEvent('api', 'API_DOWN'), { type: 'stopping', reason: 'asked' });
  expect(figures).toMatchObject({ claim: 'held', isStopping: true });
  hear({ type: 'stopped', summary: { mode: 'db_sync', tookMs: 1, totals } });
  nowMs += 1_000;
  expect(figures.claim).toBe('none');
  expect(figures.waitingMs('api')).toBe(0);
});
