import { expect, it } from 'vitest';
import { type ContactRequest, plainRequest } from './contact-request.js';
import { createLaggingBodies } from './lagging-bodies.js';
import { createReplacedVersions } from './replaced-versions.js';
import { createWantedContacts } from './wanted-contacts.js';

function setUp() {
  const clock = { ms: 0 };
  const wanted = createWantedContacts(() => clock.ms);
  const replaced = createReplacedVersions(() => clock.ms);
  return { clock, wanted, bodies: createLaggingBodies(wanted, replaced) };
}

const request = (parts: Partial<ContactRequest>): ContactRequest => ({ ...plainRequest('C1'), stored: 'm1', ...parts });
const CHANGED = { reason: 'changed', isOrdered: true } as const;

it('R5 wants a contact again whose body has the stored md5 though a line said that it changed', () => {
  const { wanted, bodies } = setUp();
  expect(bodies.committed(request(CHANGED), 'm1', false)).toBe(true);
  expect(wanted.requestFor('C1')).toMatchObject({ stored: 'm1', attempt: 'again' });
  expect(bodies.committed(request(CHANGED), 'm2', false)).toBe(false);
  expect(wanted.requestFor('C1')).toBeUndefined();
});

it('R5 takes a change below the same md5, a body without md5 and one that nothing was expected of for current', () => {
  const { wanted, bodies } = setUp();
  expect(bodies.committed(request(CHANGED), 'm1', true)).toBe(false);
  expect(bodies.committed(request(CHANGED), null, false)).toBe(false);
  expect(bodies.committed(request({}), 'm1', false)).toBe(false);
  expect(wanted.requestFor('C1')).toBeUndefined();
});

it('R5 sets a body aside whose md5 was replaced, until it comes the last time', () => {
  const { clock, wanted, bodies } = setUp();
  bodies.committed(request(CHANGED), 'm2', false);
  expect(bodies.setAside(request(CHANGED), 'm2')).toBe(false);
  expect(bodies.setAside(request({ stored: 'm2' }), 'm1')).toBe(true);
  clock.ms = 60_000;
  const [again] = wanted.takeDue();
  expect(again && bodies.setAside(again, 'm1')).toBe(true);
  expect(bodies.setAside(request({ stored: 'm2', attempt: 'last' }), 'm1')).toBe(false);
});

it('R5 asks again for a contact of an older line that came with another md5, and takes either for the newest', () => {
  const { wanted, bodies } = setUp();
  expect(bodies.committed(request({ reason: 'recheck' }), 'm0', false)).toBe(true);
  expect(bodies.setAside(request({ stored: 'm0' }), 'm1')).toBe(false);
  expect(wanted.requestFor('C1')).toMatchObject({ stored: 'm0', reason: 'changed' });
  expect(bodies.committed(request({ reason: 'recheck' }), 'm1', false)).toBe(false);
});
