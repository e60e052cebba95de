import { expect, it } from 'vitest';
import { createContactLanes } from './contact-lanes.js';

const signal = new AbortController().signal;

it('R9 holds a lane for one until it is released, and wakes the work that waits for it', async () => {
  const lanes = createContactLanes();
  expect(lanes.tryHold('A')).toBe(true);
  expect(lanes.tryHold('A')).toBe(false);
  expect(lanes.tryHold('B')).toBe(true);
  const free = lanes.anyFree(['A', 'B'], signal);
  lanes.release('B');
  await free;
  expect(lanes.tryHold('B')).toBe(true);
  expect(lanes.tryHold('A')).toBe(false);
});

it('R9 runs work in a lane only once it is free, and keeps the lane of work that failed', async () => {
  const lanes = createContactLanes();
  lanes.tryHold('A');
  let hasRun = false;
  const work = async () => {
    hasRun = true;
  };
  const done = lanes.run('A', work, signal);
  await Promise.resolve();
  expect(hasRun).toBe(false);
  lanes.release('A');
  await done;
  expect(hasRun).toBe(true);
  await expect(lanes.run('A', () => Promise.reject(new Error('unknown')), signal)).rejects.toThrow('unknown');
  expect(lanes.tryHold('A')).toBe(false);
});

it('waits no longer than the signal lets it', async () => {
  const lanes = createContactLanes();
  lanes.tryHold('A');
  const abort = new AbortController();
  const waiting = lanes.anyFree(['A'], abort.signal);
  abort.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});
