import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createBell } from './bell.js';

/** Whether the sleep is over by now. */
function watch(sleep: Promise<void>): { isOver: boolean } {
  const watched = { isOver: false };
  void sleep.then(() => {
    watched.isOver = true;
  });
  return watched;
}

it('wakes who sleeps, at once', async () => {
  const clock = createDrivenClock();
  const bell = createBell(clock);
  const sleep = watch(bell.sleep(1_000));
  await clock.pass(500);
  expect(sleep.isOver).toBe(false);
  bell.ring();
  bell.ring();
  await clock.pass(0);
  expect(sleep.isOver).toBe(true);
});

it('lets sleep for as long as it does not ring', async () => {
  const clock = createDrivenClock();
  const bell = createBell(clock);
  const sleep = watch(bell.sleep(1_000));
  await clock.pass(999);
  expect(sleep.isOver).toBe(false);
  await clock.pass(1);
  expect(sleep.isOver).toBe(true);
});

it('is remembered where nobody slept, once', async () => {
  const clock = createDrivenClock();
  const bell = createBell(clock);
  bell.ring();
  bell.ring();
  await bell.sleep(1_000);
  const sleep = watch(bell.sleep(1_000));
  await clock.pass(999);
  expect(sleep.isOver).toBe(false);
});

it('tells what breaks the sleep', async () => {
  const broken = new Error('no such clock');
  const bell = createBell({ now: () => 0, monotonic: () => 0, sleep: () => Promise.reject(broken) });
  await expect(bell.sleep(1)).rejects.toBe(broken);
});
