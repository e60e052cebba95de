import type { ControlState, DeliverySummary, WaitingContact } from '@dbsync/core/cli-kit';
import { expect, it } from 'vitest';
import { contactLines, standLines, summaryLines } from './delivery-text.js';

const NOTHING: DeliverySummary = {
  messages: 0,
  contacts: 0,
  failingContacts: 0,
  heldUpMessages: 0,
  oldestMs: null,
  lastFailure: null,
  lastAcceptedMs: null,
  accepted: 0,
  dead: 0,
  superseded: 0,
};

it('says of an outbox that is new that nothing was accepted yet', () => {
  expect(summaryLines(NOTHING)).toEqual(['Nothing waits to be delivered.', 'Nothing was accepted yet.']);
});

it('says what waits, what is held up and why, and what was given up', () => {
  const lastFailure = { atMs: 90_000, reason: 'HTTP 503', answer: '' };
  const waiting = { messages: 5, contacts: 2, failingContacts: 1, heldUpMessages: 4, oldestMs: 60_000, lastFailure };
  expect(summaryLines({ ...waiting, accepted: 1_000, lastAcceptedMs: 30_000, dead: 2, superseded: 1 })).toEqual([
    '5 messages for 2 contacts wait, the oldest since 1970-01-01T00:01:00.000Z.',
    'Failing: 1 contact, whose 4 messages are held up.',
    'The last failure: 1970-01-01T00:01:30.000Z, HTTP 503',
    'Accepted so far: 1,000 messages, the last at 1970-01-01T00:00:30.000Z.',
    'Given up: 2 messages, and 1 of which a newer version was queued since. See',
    'dbsync dead-letters list.',
  ]);
});

it('says whether deliveries go out, who paused them, and when the receiver is tried next', () => {
  const holder = { host: 'h1', bootId: 'b', pid: 7, startedAt: 's' };
  const state: ControlState = {
    target: 'https://crm.example.com',
    seen: { state: 'down', sinceMs: 60_000, nextTryMs: 130_000 },
    pausing: null,
    holder,
    replayableFromMs: null,
  };
  expect(standLines('C1', state, 120_000).join(' ')).toBe(
    'Deliveries of campaign C1 to https://crm.example.com The receiver is down since 1970-01-01T00:01:00.000Z; next try in 10.0 s. Process 7 on h1 delivers.',
  );
  const paused = { ...state, pausing: { sinceMs: 0, by: 'ada@h1' }, holder: null };
  expect(standLines('C1', paused, 120_000).join(' ')).toBe(
    'Deliveries of campaign C1 to https://crm.example.com Paused by ada@h1 since 1970-01-01T00:00:00.000Z: dbsync deliveries resume sends the waiting ones. No process delivers now.',
  );
});

it('fits what waits into 80 columns, whatever the receiver answered', () => {
  const contact: WaitingContact = {
    id: 'msg_0123456789abcdef0123456789abcdef',
    contactId: 'C'.repeat(40),
    transactionId: 't',
    queuedMs: 0,
    place: 1,
    state: 'new',
    attempts: 10,
    position: 'first',
    dueMs: 9_000_000,
    failingSinceMs: 0,
    failure: { atMs: 0, reason: 'HTTP 422 Unprocessable Entity', answer: `no\n${'x'.repeat(2_000)}` },
    isReplay: false,
    messages: 12_345,
  };
  const lines = contactLines([contact], 80, 0);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(lines.join('\n')).toMatch(
    /msg_0123456789ab .*12345 +10 +in 2 h 30 min\n {2}1970-\S+ {2}HTTP 422 Unprocessable Entity: no/,
  );
});
