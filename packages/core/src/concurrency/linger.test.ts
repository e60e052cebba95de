import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createLinger } from './linger.js';

it('works once for all requests of a while, and again for a later one', async () => {
  const clock = createDrivenClock();
  let worked = 0;
  const linger = createLinger(clock, 5_000, async () => void worked++);
  linger.request();
  await clock.pass(4_000);
  linger.request();
  expect(worked).toBe(0);
  await clock.pass(10_000);
  expect(worked).toBe(1);
  linger.request();
  await clock.pass(5_000);
  expect(worked).toBe(2);
});

it('drops a request at its end, and waits for work that has begun', async () => {
  const clock = createDrivenClock();
  const done = Promise.withResolvers<void>();
  const busy = createLinger(clock, 5_000, () => done.promise);
  busy.request();
  await clock.pass(5_000);
  let hasEnded = false;
  const end = busy.end().then(() => {
    hasEnded = true;
  });
  await clock.pass(5_000);
  expect(hasEnded).toBe(false);
  done.resolve();
  await end;
  const idle = createLinger(clock, 5_000, () => Promise.reject(new Error('never')));
  idle.request();
  await idle.end();
});
