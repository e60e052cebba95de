import { expect, it } from 'vitest';
import type { RunEvent } from '../observe/run-events.js';
import type { Outcome, TakenMessage } from '../outbox/faces/delivery-queue.js';
import { tellFirstFailure } from './first-failures.js';

const failure = { atMs: 0, reason: 'HTTP 422 Unprocessable Entity', answer: 'secret answer' };
const failed: Outcome = { id: 'msg_1', outcome: 'failed', dueMs: Date.UTC(2026, 2, 2, 9), failure };

function reported(attempt: number, outcome: Outcome): readonly RunEvent[] {
  const events: RunEvent[] = [];
  const message = { id: 'msg_1', contactId: 'C1', attempt } as TakenMessage;
  tellFirstFailure(message, outcome, (event) => events.push(event));
  return events;
}

it('tells the first failure of a message at info: its id, its contact, the reason and the next attempt', () => {
  const message =
    'Message msg_1 of contact C1 was not accepted (HTTP 422 Unprocessable Entity). It is sent again at 2026-03-02T09:00:00.000Z.';
  expect(reported(1, failed)).toEqual([{ type: 'notice', level: 'info', code: 'DELIVERY_FAILED', message }]);
});

it('tells no later failure, and none that counts as no attempt', () => {
  expect(reported(2, failed)).toEqual([]);
  expect(reported(1, { id: 'msg_1', outcome: 'accepted' })).toEqual([]);
  expect(reported(1, { id: 'msg_1', outcome: 'dead', code: 'DELIVERY_REFUSED', failure })).toEqual([]);
});
