import type { AttemptEnd } from '../outbox/faces/delivery-queue.js';
import type { EndedAttempt } from './attempts.js';

/** The attempt for the log of attempts. What a sink tells of an answer is read with suspicion: it is shown, and no more. */
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
