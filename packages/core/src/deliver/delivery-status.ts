import type { DeliveryStatus } from '../observe/run-events.js';
import type { Pausing, TargetState } from '../outbox/faces/delivery-acts.js';

export type { DeliveryStatus };

/**
 * Returns the state of deliveries at this moment, for the log. A pause by an operator is reported before the target's
 * state.
 */
export function statusOf(target: TargetState, pausing: Pausing | null, nowMs: number): DeliveryStatus {
  if (pausing !== null) return { state: 'paused', by: pausing.by, forMs: Math.max(0, nowMs - pausing.sinceMs) };
  const { state, sinceMs, nextTryMs } = target;
  if (state === 'up') return { state };
  return { state, forMs: Math.max(0, nowMs - sinceMs), nextTryInMs: Math.max(0, (nextTryMs ?? nowMs) - nowMs) };
}
