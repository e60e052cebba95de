import type { DeliverySummary } from '@dbsync/core';
import { expect, it } from 'vitest';
import { summaryLines } from './delivery-text.js';

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
  expect(summaryLines('C1', NOTHING)).toEqual([
    'Campaign C1: nothing waits to be delivered.',
    'Nothing was accepted yet.',
  ]);
});

it('says what waits, what is held up and why, and what was given up', () => {
  const lastFailure = { atMs: 90_000, reason: 'HTTP 503', answer: '' };
  const waiting = { messages: 5, contacts: 2, failingContacts: 1, heldUpMessages: 4, oldestMs: 60_000, lastFailure };
  expect(summaryLines('C1', { ...waiting, accepted: 1_000, lastAcceptedMs: 30_000, dead: 2, superseded: 1 })).toEqual([
    'Campaign C1: 5 messages for 2 contacts wait, the oldest since 1970-01-01T00:01:00.000Z.',
    'Failing: 1 contact, whose 4 messages are held up.',
    'The last failure: 1970-01-01T00:01:30.000Z, HTTP 503',
    'Accepted so far: 1,000 messages, the last at 1970-01-01T00:00:30.000Z.',
    'Given up: 2 messages, and 1 of which a newer version was queued since. See dbsync dead-letters list.',
  ]);
});
