import type { Failure, Outcome, TakenMessage } from '../outbox/faces/delivery-queue.js';
import { type AttemptSchedule, pauseMs } from './attempt-schedule.js';

/** A failed delivery, with the facts that decide when the message is sent again. */
export interface FailedAttempt {
  readonly message: TakenMessage;
  readonly failure: Failure;
  readonly retryAfterMs: number | undefined;
  /** The time for which the target is known to work. Failures while the target is down do not count against the contact. */
  readonly targetUpForMs: number;
  /** The time for which dbsync could deliver nothing to the message's contact. */
  readonly failingForMs: number;
}

const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000;

/** R33: limits the pause that a target can ask for to 24 h. */
export function cappedRetryAfter(retryAfterMs: number | undefined): number | undefined {
  return retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
}

/**
 * Decides the outcome of a message whose attempt failed and counts. The message is due again after the pause of the
 * schedule, or after the pause that the target asks for, if that is longer. The message is dead if this was its last
 * attempt, or if deliveries to its contact have failed for `giveUpAfterMs`.
 */
export function outcomeOfFailure(attempt: FailedAttempt, schedule: AttemptSchedule, random = Math.random): Outcome {
  const { message, failure, retryAfterMs = 0, targetUpForMs } = attempt;
  const { id } = message;
  const failingForMs = Math.min(attempt.failingForMs, targetUpForMs);
  const waitMs = pauseMs(schedule, message.attempt, random);
  if (waitMs === null || failingForMs >= schedule.giveUpAfterMs) {
    return { id, outcome: 'dead', code: 'DELIVERY_EXHAUSTED', failure };
  }
  return { id, outcome: 'failed', dueMs: failure.atMs + Math.max(waitMs, retryAfterMs), failure };
}
