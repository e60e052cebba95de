import { expect, it } from 'vitest';
import { createContactLanes } from '../concurrency/contact-lanes.js';
import { type ContactRequest, plainRequest } from '../discover/contact-request.js';
import { createHeldRequests } from './held-requests.js';

it('R9 holds the lane of each contact that it yields, and leaves those that are busy', async () => {
  const lanes = createContactLanes();
  lanes.tryHold('B');
  const held = createHeldRequests(lanes);
  const busy: ContactRequest[] = [];
  const taken: string[] = [];
  for await (const id of held.take(['A', 'B', 'C'].map(plainRequest), (request) => busy.push(request))) taken.push(id);
  expect(taken).toEqual(['A', 'C']);
  expect(busy.map(({ id }) => id)).toEqual(['B']);
  expect(lanes.tryHold('A')).toBe(false);
  held.release('A');
  expect(lanes.tryHold('A')).toBe(true);
  held.release('B');
  expect(lanes.tryHold('B')).toBe(false);
  held.releaseAll();
  expect(lanes.tryHold('C')).toBe(true);
});
