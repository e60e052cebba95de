import type { RunEvent } from '@dbsync/core';
import { expect, it } from 'vitest';
import { cycleEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { createRunFigures } from './metrics-figures.js';
import { readinessOf } from './metrics-readiness.js';

const EVENTS = {
  claimed: { type: 'claimed', epoch: 1n },
  cycle: cycleEvent({ lagMs: 2_000 }),
  'catching up': cycleEvent({ lagMs: null }),
  'lagging cycle': cycleEvent({ lagMs: 180_001 }),
  behind: {
    type: 'behind',
    level: 'warn',
    code: 'COPY_BEHIND',
    part: 'listing',
    lagMs: 1,
    allowedMs: 1,
    trouble: null,
  },
  'caught-up': { type: 'caught-up', afterMs: 1 },
  standby: { type: 'standby', holder: 'process 1 on elsewhere', expiresInMs: 1_000 },
  stopping: { type: 'stopping', reason: 'asked' },
} as const satisfies Record<string, RunEvent>;

type Name = keyof typeof EVENTS;

/** Returns the readiness that long after the last of these events. */
function readiness(events: readonly Name[], afterMs: number, intervalMs = 60_000) {
  let nowMs = 0;
  const figures = createRunFigures(() => nowMs);
  for (const name of events) figures.observe(EVENTS[name]);
  nowMs = afterMs;
  return readinessOf(figures, intervalMs);
}

it.each<[readonly Name[], number, boolean, string]>([
  [[], 0, false, 'starting'],
  [['claimed'], 0, false, 'late'],
  [['claimed', 'cycle'], 178_000, true, 'current'],
  [['claimed', 'cycle'], 178_001, false, 'late'],
  [['claimed', 'lagging cycle'], 0, false, 'late'],
  [['claimed', 'catching up'], 0, false, 'late'],
  [['claimed', 'cycle', 'behind'], 0, false, 'late'],
  [['claimed', 'cycle', 'behind', 'caught-up'], 0, true, 'current'],
  [['claimed', 'cycle', 'behind', 'standby'], 0, true, 'standby'],
  [['standby'], 3_600_000, true, 'standby'],
  [['claimed', 'cycle', 'standby'], 0, true, 'standby'],
  [['claimed', 'cycle', 'standby', 'claimed'], 0, false, 'late'],
  [['claimed', 'cycle', 'stopping'], 0, false, 'stopping'],
])('after %j and %i ms: ready is %s, it is %s', (events, afterMs, ready, state) => {
  expect(readiness(events, afterMs)).toMatchObject({ ready, state });
});

it('gives a short interval a minute', () => {
  expect(readiness(['claimed', 'cycle'], 58_000, 1_000).ready).toBe(true);
  expect(readiness(['claimed', 'cycle'], 58_001, 1_000).ready).toBe(false);
});

it('gives a long interval three of them', () => {
  const events = ['claimed', 'cycle'] as const;
  expect(readiness(events, 598_000, 200_000)).toEqual({ ready: true, state: 'current', lastCycleAgeSeconds: 598 });
  expect(readiness(events, 598_001, 200_000).ready).toBe(false);
  expect(readiness(['claimed'], 0).lastCycleAgeSeconds).toBeNull();
});
