import type { Backoff } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import type { Claim, SinkError } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import type { Backlog, DeliveryQueue, Outcome, TakenMessage } from '../outbox/delivery-queue.js';
import { createRepeatedCalls } from './repeated-calls.js';

const BACKOFF: Backoff = { firstMs: 50, maxMs: 5_000 };

/**
 * The queue while one claim holds: a call that has left nothing behind is repeated. Whatever else it throws ends the loop,
 * since what was taken and not settled is taken again only under a newer claim.
 */
export interface ClaimedQueue {
  take(limit: number, except: ReadonlySet<string>): Promise<readonly TakenMessage[]>;
  settle(outcomes: readonly Outcome[]): Promise<void>;
  backlog(): Promise<Backlog>;
  hasAccepted(): Promise<boolean>;
}

export interface ClaimedQueueOptions {
  readonly queue: DeliveryQueue;
  readonly claim: Claim;
  readonly clock: Clock;
  readonly observe: Observer;
  readonly signal: AbortSignal;
}

export function createClaimedQueue({ queue, claim, clock, observe, signal }: ClaimedQueueOptions): ClaimedQueue {
  const repeated = createRepeatedCalls({ for: 'store', backoff: BACKOFF, mayRepeat: leftNothing, clock, observe });
  const call = <T>(work: () => Promise<T>) => repeated(work, signal);
  return {
    take: (limit, except) => call(() => queue.take(claim, { limit, except, nowMs: clock.now(), signal })),
    settle: (outcomes) => call(() => queue.settle(claim, outcomes, { signal })),
    backlog: () => call(() => queue.backlog({ signal })),
    hasAccepted: () => call(() => queue.hasAccepted({ signal })),
  };
}

function leftNothing({ verdict, outcome, connectionLost }: SinkError): boolean {
  return verdict === 'retryable' && outcome === 'not-committed' && !connectionLost;
}
