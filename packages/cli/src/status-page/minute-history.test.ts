import { expect, it } from 'vitest';
import { cycleEvent, progressEvent, standbyEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { createMinuteHistory, HISTORY_MINUTES } from './minute-history.js';

const MINUTE_MS = 60_000;

function started(atMs = 0) {
  let nowMs = atMs;
  const history = createMinuteHistory(() => nowMs);
  return {
    history,
    wait: (ms: number) => {
      nowMs += ms;
    },
    hear: history.hear,
    last: (count: number, minutesEach = 1) => history.parts(minutesEach).slice(-count),
  };
}

it('keeps the largest lag of each minute, also of those without an event', () => {
  const { hear, wait, last } = started();
  hear(cycleEvent({ lagMs: 2_000 }));
  wait(50_000);
  hear(cycleEvent({ lagMs: 1_000 }));
  wait(MINUTE_MS);
  hear(cycleEvent({ lagMs: 3_000 }));
  wait(3 * MINUTE_MS);
  expect(last(5).map(({ lagMs }) => lagMs)).toEqual([52_000, 61_000, 73_000, 133_000, 183_000]);
});

it('shows no lag where none is known: before the first cycle, and on a standby', () => {
  const { hear, wait, last } = started();
  wait(MINUTE_MS);
  hear(cycleEvent({ lagMs: 2_000 }));
  hear(standbyEvent());
  wait(2 * MINUTE_MS);
  expect(last(4).map(({ lagMs }) => lagMs)).toEqual([null, 2_000, null, null]);
});

it('divides rows by the time in which the process ran', () => {
  const { hear, wait, last, history } = started(10.5 * MINUTE_MS);
  expect(history.recentRate(5)).toBeNull();
  wait(20_000);
  hear(progressEvent({ rowsInserted: 60, rowsUpdated: 30, rowsUnchanged: 1_000 }));
  wait(40_000);
  hear(progressEvent({ rowsInserted: 100, rowsUpdated: 30 }));
  expect(last(3).map(({ rowsPerSecond }) => rowsPerSecond)).toEqual([null, 3, 40 / 30]);
  expect(history.recentRate(5)).toBe(130 / 60);
});

it('forgets what is older than a day, also after a longer silence, and does not grow', () => {
  const { hear, wait, history } = started();
  hear(progressEvent({ rowsInserted: 6_000 }));
  hear(cycleEvent({ lagMs: 5_000 }));
  wait((1.5 * HISTORY_MINUTES + 0.5) * MINUTE_MS);
  hear(standbyEvent());
  const parts = history.parts(1);
  expect(parts).toHaveLength(HISTORY_MINUTES);
  expect(parts.every(({ rowsPerSecond }) => rowsPerSecond === 0)).toBe(true);
  expect(parts.every(({ lagMs }) => lagMs !== null && lagMs > 600 * MINUTE_MS)).toBe(true);
});

it('counts the rows of a run that starts again', () => {
  const { hear, wait, history } = started();
  hear(progressEvent({ rowsInserted: 50 }));
  hear(progressEvent({ rowsInserted: 8, rowsUpdated: 2 }));
  wait(30_000);
  expect(history.recentRate(1)).toBe(2);
});

it('puts minutes together', () => {
  const { hear, wait, last } = started();
  for (let minute = 0; minute < 60; minute += 1) {
    hear(cycleEvent({ lagMs: minute * 1_000 }, { rowsInserted: 60 * minute }));
    wait(MINUTE_MS);
  }
  const [before, hour] = last(2, 60);
  expect(before).toEqual({ lagMs: 60_000, rowsPerSecond: 0 });
  expect(hour).toEqual({ lagMs: 119_000, rowsPerSecond: 1 });
});
