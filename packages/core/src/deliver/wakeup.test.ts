import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createWakeup } from './wakeup.js';

/** Watches whether the sleep is over. */
function watch(sleep: Promise<void>): { isOver: boolean } {
  const watched = { isOver: false };
  void sleep.then(() => {
    watched.isOver = true;
  });
  return watched;
}

it('ends a sleep at once', async () => {
  const clock = createDrivenClock();
  const wakeup = createWakeup(clock);
  const sleep = watch(wakeup.sleep(1_000));
  await clock.pass(500);
  expect(sleep.isOver).toBe(false);
  wakeup.wake();
  wakeup.wake();
  await clock.pass(0);
  expect(sleep.isOver).toBe(true);
});

it('lets a sleep last as long as nothing wakes it', async () => {
  const clock = createDrivenClock();
  const wakeup = createWakeup(clock);
  const sleep = watch(wakeup.sleep(1_000));
  await clock.pass(999);
  expect(sleep.isOver).toBe(false);
  await clock.pass(1);
  expect(sleep.isOver).toBe(true);
});

it('ends the next sleep, once, where nothing slept', async () => {
  const clock = createDrivenClock();
  const wakeup = createWakeup(clock);
  wakeup.wake();
  wakeup.wake();
  await wakeup.sleep(1_000);
  const sleep = watch(wakeup.sleep(1_000));
  await clock.pass(999);
  expect(sleep.isOver).toBe(false);
});

it('tells what breaks the sleep', async () => {
  const broken = new Error('no such clock');
  const wakeup = createWakeup({ now: () => 0, monotonic: () => 0, sleep: () => Promise.reject(broken) });
  await expect(wakeup.sleep(1)).rejects.toBe(broken);
});
