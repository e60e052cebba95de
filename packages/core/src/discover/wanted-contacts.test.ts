import { expect, it } from 'vitest';
import { type ContactRequest, plainRequest } from './contact-request.js';
import { createWantedContacts, WANTED_MS } from './wanted-contacts.js';

const MINUTE_MS = 60_000;

function setUp() {
  const clock = { ms: 0 };
  const wanted = createWantedContacts(() => clock.ms);
  const dueAt = (ms: number) => {
    clock.ms = ms;
    return wanted.takeDue().map(({ id, attempt }) => `${id} ${attempt}`);
  };
  return { clock, wanted, dueAt };
}

const changed = (id: string, stored: string): ContactRequest => ({ ...plainRequest(id), stored, reason: 'changed' });

it('R5 keeps an id that was missing wanted for 2 h, asked for once a minute', () => {
  const { wanted, dueAt } = setUp();
  wanted.missing(plainRequest('C1'));
  expect(dueAt(0)).toEqual([]);
  expect(dueAt(MINUTE_MS)).toEqual(['C1 first']);
  expect(dueAt(MINUTE_MS)).toEqual([]);
  wanted.missing(plainRequest('C1'));
  expect(dueAt(WANTED_MS)).toEqual(['C1 first']);
  expect(dueAt(WANTED_MS + MINUTE_MS)).toEqual([]);
});

it('R5 calls an id gone only after that time, and only when a full listing lacks it too', () => {
  const { clock, wanted } = setUp();
  wanted.missing(plainRequest('C1'));
  wanted.missing(plainRequest('C2'));
  expect(wanted.takeGone(() => false)).toEqual([]);
  clock.ms = WANTED_MS + 1;
  expect(wanted.takeGone((id) => id === 'C2')).toEqual(['C1']);
  expect(wanted.takeGone(() => false)).toEqual(['C2']);
  expect(wanted.takeGone(() => false)).toEqual([]);
});

it('forgets an id whose body came after all', () => {
  const { wanted, dueAt } = setUp();
  wanted.missing(plainRequest('C1'));
  wanted.committed('C1', 'm1');
  expect(dueAt(MINUTE_MS)).toEqual([]);
});

it('R5 asks four times within four minutes for a contact whose body lags, and lets it be then', () => {
  const { wanted, dueAt } = setUp();
  wanted.lagging(changed('C1', 'm1'));
  const asked = [0, 19_999, 20_000, 59_999, 60_000, 120_000, 239_999, 240_000].map((ms) => {
    const due = dueAt(ms);
    if (due.length > 0) wanted.lagging({ ...changed('C1', 'm1'), attempt: due[0] === 'C1 last' ? 'last' : 'again' });
    return due;
  });
  expect(asked.flat()).toEqual(['C1 again', 'C1 again', 'C1 again', 'C1 last']);
  expect(dueAt(WANTED_MS)).toEqual([]);
});

it('R5 no longer wants a lagging contact when another body than the stored one was committed', () => {
  const { wanted, dueAt } = setUp();
  wanted.lagging(changed('C1', 'm1'));
  wanted.committed('C1', 'm1');
  expect(dueAt(20_000)).toEqual(['C1 again']);
  wanted.committed('C1', 'm2');
  expect(dueAt(MINUTE_MS)).toEqual([]);
});

it('begins the four minutes again when a new line names the contact', () => {
  const { wanted, dueAt } = setUp();
  wanted.lagging(changed('C1', 'm1'));
  expect(dueAt(20_000)).toEqual(['C1 again']);
  wanted.lagging(changed('C1', 'm1'));
  expect(dueAt(39_999)).toEqual([]);
  expect(dueAt(40_000)).toEqual(['C1 again']);
});

it('R5 waits longer for a newer body while listings name the stored md5, two hours at most', () => {
  const { clock, wanted } = setUp();
  wanted.lagging(plainRequest('C1'));
  const last: number[] = [];
  for (clock.ms = 0; clock.ms < WANTED_MS + 10 * MINUTE_MS; clock.ms += MINUTE_MS) {
    if (clock.ms % (3 * MINUTE_MS) === 0) wanted.storedIsListed('C1');
    for (const request of wanted.takeDue()) {
      if (request.attempt === 'last') last.push(clock.ms);
      wanted.lagging(request);
    }
  }
  expect(last).toEqual([WANTED_MS + MINUTE_MS]);
  expect(wanted.requestFor('C1')).toBeUndefined();
});

it('R5 does not begin the four minutes again for listings that go on naming an older version', () => {
  const { wanted, dueAt } = setUp();
  wanted.lagging(plainRequest('C1'));
  const attempts: string[] = [];
  for (let minute = 5; minute <= 20; minute += 5) {
    attempts.push(...dueAt(minute * MINUTE_MS));
    wanted.lagging(plainRequest('C1'));
  }
  expect(attempts).toEqual(['C1 again', 'C1 again', 'C1 again', 'C1 last']);
});

it('keeps a thousand lagging contacts at most: listings find the others', () => {
  const { wanted, clock } = setUp();
  for (let nr = 0; nr < 1_500; nr++) wanted.lagging(changed(`C${nr}`, 'm1'));
  clock.ms = MINUTE_MS;
  expect(wanted.takeDue()).toHaveLength(1_000);
});

it('R22 asks no more for an id that has a dead letter', () => {
  const { wanted, dueAt } = setUp();
  wanted.missing(plainRequest('C1'));
  wanted.leaveToRetries('C1');
  wanted.leaveToRetries('C2');
  expect(dueAt(MINUTE_MS)).toEqual([]);
});
