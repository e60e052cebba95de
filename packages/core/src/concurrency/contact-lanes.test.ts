import { expect, it } from 'vitest';
import { createContactLanes } from './contact-lanes.js';

const signal = new AbortController().signal;

it('R9 holds a lane for one until it is released, and wakes who waits for it', async () => {
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

it('waits no longer than the signal lets it', async () => {
  const lanes = createContactLanes();
  lanes.tryHold('A');
  const abort = new AbortController();
  const waiting = lanes.anyFree(['A'], abort.signal);
  abort.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});
