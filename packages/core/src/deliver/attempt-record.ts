import type { AttemptEnd } from '../outbox/faces/delivery-queue.js';
import type { EndedAttempt } from './attempts.js';

/**
 * Returns the attempt for the log of attempts. The sink's text about the answer is not trusted: dbsync shows it and
 * does not act on it.
 */
export function recordOf({ verdict, tookMs, answer }: EndedAttempt, endedMs: number): AttemptEnd {
  const { status, text }: { readonly status?: unknown; readonly text?: unknown } = answer ?? {};
  const isAccepted = verdict?.verdict === 'accepted';
  return {
    endedMs,
    tookMs,
    ...(typeof status === 'number' && Number.isSafeInteger(status) && { status }),
    ...(isAccepted && typeof text === 'string' && text !== '' && { answer: text }),
  };
}
