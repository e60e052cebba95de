import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createWatchdog } from './watchdog.js';

const limits = { idleMs: 60_000, totalMs: 600_000 };

it('lets work go on that makes progress, until it has taken too long in all', async () => {
  const clock = createDrivenClock();
  const watchdog = createWatchdog(clock, limits);
  for (let passed = 0; passed < 590; passed += 10) {
    await clock.pass(10_000);
    watchdog.progress();
  }
  expect(watchdog.signal.aborted).toBe(false);
  await clock.pass(10_000);
  expect(watchdog.complaint).toBe('gave no complete answer within 600000 ms');
  expect(watchdog.signal.aborted).toBe(true);
});

it('ends work that stands still', async () => {
  const clock = createDrivenClock();
  const watchdog = createWatchdog(clock, limits);
  await clock.pass(59_000);
  watchdog.progress();
  await clock.pass(59_000);
  expect(watchdog.complaint).toBeNull();
  await clock.pass(1_000);
  expect(watchdog.complaint).toBe('sent nothing for 60000 ms');
});

it('does not count the time in which the work was held up by its own side', async () => {
  const clock = createDrivenClock();
  const watchdog = createWatchdog(clock, limits);
  await clock.pass(50_000);
  const held = Promise.withResolvers<void>();
  const paused = watchdog.pauseFor(held.promise);
  await clock.pass(900_000);
  held.resolve();
  await paused;
  await clock.pass(9_000);
  expect(watchdog.signal.aborted).toBe(false);
  await clock.pass(1_000);
  expect(watchdog.signal.aborted).toBe(true);
});

it('leaves no timer behind', async () => {
  const clock = createDrivenClock();
  const watchdog = createWatchdog(clock, limits);
  watchdog.end();
  await clock.pass(900_000);
  expect(watchdog.signal.aborted).toBe(false);
});
