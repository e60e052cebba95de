import { expect, it } from 'vitest';
import { createMissingContacts, WANTED_MS } from './missing-contacts.js';

const MINUTE_MS = 60_000;

it('R5 keeps an id that was missing wanted for 2 h, asked for once a minute', () => {
  let now = 0;
  const missing = createMissingContacts(() => now);
  missing.add('C1');
  expect(missing.takeDue()).toEqual([]);
  now = MINUTE_MS;
  expect(missing.takeDue()).toEqual(['C1']);
  expect(missing.takeDue()).toEqual([]);
  now = WANTED_MS;
  missing.add('C1');
  expect(missing.takeDue()).toEqual(['C1']);
  now = WANTED_MS + MINUTE_MS;
  expect(missing.takeDue()).toEqual([]);
});

it('R5 calls an id gone only after that time, and only when a full listing lacks it too', () => {
  let now = 0;
  const missing = createMissingContacts(() => now);
  missing.add('C1');
  missing.add('C2');
  expect(missing.takeGone(() => false)).toEqual([]);
  now = WANTED_MS + 1;
  expect(missing.takeGone((id) => id === 'C2')).toEqual(['C1']);
  expect(missing.takeGone(() => false)).toEqual(['C2']);
  expect(missing.takeGone(() => false)).toEqual([]);
});

it('forgets an id whose body came after all', () => {
  let now = 0;
  const missing = createMissingContacts(() => now);
  missing.add('C1');
  missing.found('C1');
  now = MINUTE_MS;
  expect(missing.takeDue()).toEqual([]);
});
