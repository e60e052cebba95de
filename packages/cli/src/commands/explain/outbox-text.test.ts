import { expect, it } from 'vitest';
import type { ExplainedOutbox } from './explained-outbox.js';
import { outboxLines } from './outbox-text.js';

it('advises to replay the dead letter that was given up, not one that a newer version replaced', () => {
  const letter = { reason: 'no', firstSeenAt: '2026-03-01T08:00:00.000Z', attempts: 1, kind: 'message' };
  const explained = {
    id: 'A1',
    named: 'contacts',
    contact: 'A1',
    campaign: 'CAMPAIGN',
    verdict: 'dead-letter',
    api: null,
    start: null,
    transactions: [],
    deliveries: [],
    deadLetters: [
      { ...letter, key: 'older', code: 'OUTBOX_SUPERSEDED' },
      { ...letter, key: 'newest', code: 'ENDPOINT_REFUSED' },
    ],
    eventsUntil: null,
    heldBy: null,
  } as unknown as ExplainedOutbox;
  const text = outboxLines(explained, 0).join(' ');
  expect(text).toContain('Contact A1: 1 dead letter (ENDPOINT_REFUSED).');
  expect(text).toContain('dbsync dead-letters replay newest');
});
