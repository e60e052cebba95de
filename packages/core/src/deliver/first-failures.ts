import type { Observer } from '../observe/run-events.js';
import type { Outcome, TakenMessage } from '../outbox/faces/delivery-queue.js';

/**
 * Logs the first failure of a message that counts as an attempt, with its reason and the time of the next attempt.
 * Later failures are not logged: `dbsync deliveries` lists them, and the dead letter is logged at the end.
 */
export function tellFirstFailure({ id, contactId, attempt }: TakenMessage, outcome: Outcome, observe: Observer): void {
  if (outcome.outcome !== 'failed' || attempt > 1) return;
  const next = new Date(outcome.dueMs).toISOString();
  const message = `Message ${id} of contact ${contactId} was not accepted (${outcome.failure.reason}). It is sent again at ${next}.`;
  observe({ type: 'notice', level: 'info', code: 'DELIVERY_FAILED', message });
}
