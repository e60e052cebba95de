import type { RunEvent } from '@dbsync/core';
import { expect, it } from 'vitest';
import { createStartQueue, type StartPlace } from './start-queue.js';

const NEVER = new AbortController().signal;

/** Creates a queue on a clock that moves by hand, and campaigns that note the time of their start. */
function world(intervalsMs: readonly number[]) {
  let nowMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper = { untilMs: nowMs + ms, wake: resolve };
        sleepers.add(sleeper);
        const giveUp = () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        if (signal.aborted) return giveUp();
        signal.addEventListener('abort', giveUp);
      }),
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const queue = createStartQueue({ clock, intervalsMs: () => intervalsMs });
  const started: string[] = [];
  const placeOf = new Map<string, StartPlace>();
  return {
    queue,
    started,
    sleeping: () => sleepers.size,
    placeOf: (name: string) => placeOf.get(name) as StartPlace,
    async start(...names: readonly string[]) {
      for (const name of names) {
        void queue.enter(NEVER).then((place) => {
          started.push(`${name} at ${nowMs}`);
          placeOf.set(name, place);
        });
      }
      await settle();
    },
    async pass(ms: number) {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const due = [...sleepers].filter(({ untilMs }) => untilMs <= endMs).sort((a, b) => a.untilMs - b.untilMs)[0];
        if (due === undefined) break;
        sleepers.delete(due);
        nowMs = Math.max(nowMs, due.untilMs);
        due.wake();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

const cycle = { type: 'cycle' } as RunEvent;

it('starts four campaigns at a time, in the order in which they come', async () => {
  const { start, pass, started, placeOf } = world([0, 0]);
  await start('a', 'b', 'c', 'd', 'e', 'f');
  expect(started).toEqual(['a at 0', 'b at 0', 'c at 0', 'd at 0']);
  placeOf('c').hear({ type: 'claimed', epoch: 1n });
  await pass(100);
  expect(started).toHaveLength(4);
  placeOf('c').hear(cycle);
  placeOf('c').hear(cycle);
  placeOf('c').leave();
  await pass(100);
  expect(started.slice(4)).toEqual(['e at 100']);
  placeOf('a').leave();
  await pass(0);
  expect(started.slice(5)).toEqual(['f at 200']);
});

it.each(['cycle', 'standby', 'waiting', 'stopped'] as const)('gives the place of a start away at %s', async (type) => {
  const { start, pass, started, placeOf } = world([0, 0]);
  await start('a', 'b', 'c', 'd', 'e');
  placeOf('a').hear({ type } as RunEvent);
  await pass(0);
  expect(started).toHaveLength(5);
});

it('gives the places of starts that hang away after 15 s', async () => {
  const { start, pass, started, sleeping } = world([0, 0]);
  await start('a', 'b', 'c', 'd', 'e');
  await pass(14_999);
  expect(started).toHaveLength(4);
  await pass(1);
  expect(started.slice(4)).toEqual(['e at 15000']);
  await pass(15_000);
  expect(sleeping()).toBe(0);
});

it('spreads starts over the shortest interval, a second apart at most', async () => {
  const many = world(Array.from({ length: 100 }, (_, at) => (at === 7 ? 30_000 : 60_000)));
  await many.start('a', 'b', 'c');
  await many.pass(1_000);
  expect(many.started).toEqual(['a at 0', 'b at 300', 'c at 600']);
  const few = world([60_000, 60_000]);
  await few.start('a', 'b');
  await few.pass(5_000);
  expect(few.started).toEqual(['a at 0', 'b at 1000']);
});

it('does not hold a campaign up that starts alone, or long after another', async () => {
  const { start, pass, started } = world([60_000, 60_000]);
  await start('a');
  await pass(5_000);
  await start('b');
  expect(started).toEqual(['a at 0', 'b at 5000']);
});

it('gives up a campaign that is stopped before it starts, and lets the next one in', async () => {
  const { queue, start, pass, started } = world([60_000, 60_000]);
  await start('a');
  const stop = new AbortController();
  const waiting = queue.enter(stop.signal);
  await start('c');
  stop.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
  await pass(1_000);
  expect(started).toEqual(['a at 0', 'c at 1000']);
  await start('d', 'e');
  await pass(2_000);
  expect(started.slice(2)).toEqual(['d at 2000', 'e at 3000']);
});
