import { expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import { createSteadyWall } from './steady-wall.js';

const DAY_MS = 86_400_000;

it('continues by the monotonic clock when the wall clock jumps, and follows on demand', () => {
  const clock = createSleepingClock(1_000_000);
  const wall = createSteadyWall(clock);
  clock.pass(500);
  expect([wall.now(), wall.jumpedMs()]).toEqual([1_000_500, 0]);
  clock.jump(DAY_MS);
  expect([wall.now(), wall.jumpedMs()]).toEqual([1_000_500, DAY_MS]);
  wall.follow(DAY_MS);
  expect([wall.now(), wall.jumpedMs()]).toEqual([1_000_500 + DAY_MS, 0]);
  clock.jump(-2 * DAY_MS);
  expect(wall.jumpedMs()).toBe(-2 * DAY_MS);
});

it('takes no notice of small steps', () => {
  const clock = createSleepingClock();
  const wall = createSteadyWall(clock);
  clock.jump(1_900);
  expect(wall.jumpedMs()).toBe(0);
});
