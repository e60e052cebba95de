import type { Failure, Outcome, TakenMessage } from '../outbox/faces/delivery-queue.js';
import { type AttemptSchedule, pauseMs } from './attempt-schedule.js';

/** A delivery that was not accepted, and what is known beside it. */
export interface FailedAttempt {
  readonly message: TakenMessage;
  readonly failure: Failure;
  readonly retryAfterMs: number | undefined;
  /** How long the target is known to work: what fails while it does not says nothing of its contact. */
  readonly targetUpForMs: number;
  /** How long nothing could be delivered to its contact. */
  readonly failingForMs: number;
}

const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000;

/** R33: nobody can ask for a longer pause than 24 h. */
export function cappedRetryAfter(retryAfterMs: number | undefined): number | undefined {
  return retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
}

/**
 * What becomes of a message whose attempt failed and counts: it is due again after the pause of the schedule, or the longer
 * one that the target asks for; or it is dead, because that was the last attempt, or because deliveries to its contact have
 * failed for as long as a contact gets.
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
