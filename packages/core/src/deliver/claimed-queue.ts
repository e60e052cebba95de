import type { Backoff } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import { repeatCall } from '../concurrency/repeat.js';
import type { SteadyWall } from '../concurrency/steady-wall.js';
import type { Claim, SinkError } from '../contract/index.js';
import type { TargetState } from '../outbox/faces/delivery-acts.js';
import type {
  Backlog,
  DeliveryQueue,
  Obeyed,
  ObeyOptions,
  Outcome,
  TakenMessage,
  TakeOptions,
} from '../outbox/faces/delivery-queue.js';

/**
 * The queue while one claim holds. A call that has committed nothing is repeated. Any other error ends the loop,
 * because messages that were taken and not settled can be taken again only under a newer claim.
 */
export interface ClaimedQueue {
  /** Takes messages that are due. Their `failingSinceMs` is converted to the monotonic clock. */
  take(request: ClaimedTake): Promise<readonly TakenMessage[]>;
  settle(outcomes: readonly Outcome[], target?: TargetState): Promise<void>;
  backlog(): Promise<Backlog>;
  hasAccepted(): Promise<boolean>;
  /** Does one step of the acts that operators asked for. */
  obey(options?: ObeyOptions): Promise<Obeyed>;
  /**
   * If the wall clock was set, moves the stored times by the same amount, so that no pause becomes longer or shorter.
   */
  followClock(): Promise<void>;
}

export interface ClaimedTake extends Omit<TakeOptions, 'nowMs'> {
  /** If nothing is due now, takes messages that are due only later. The sender sets it when a probe is overdue. */
  readonly early: boolean;
}

export interface ClaimedQueueOptions {
  readonly queue: DeliveryQueue;
  readonly claim: Claim;
  readonly clock: Clock;
  readonly wall: SteadyWall;
  readonly signal: AbortSignal;
}

const BACKOFF: Backoff = { firstMs: 50, maxMs: 5_000 };

export function createClaimedQueue({ queue, claim, clock, wall, signal }: ClaimedQueueOptions): ClaimedQueue {
  const repeated = <T>(call: () => Promise<T>) =>
    repeatCall(call, { clock, backoff: BACKOFF, signal, mayRepeat: leftNothing });

  return {
    async take({ early, ...request }) {
      const nowMs = () => (early ? Number.MAX_SAFE_INTEGER : wall.now());
      const taken = await repeated(() => queue.take(claim, { ...request, nowMs: nowMs(), signal }));
      const aheadMs = wall.now() - clock.monotonic();
      return taken.map((message) => {
        const { failingSinceMs } = message;
        return { ...message, failingSinceMs: failingSinceMs === null ? null : failingSinceMs - aheadMs };
      });
    },
    settle: (outcomes, target) => repeated(() => queue.settle(claim, outcomes, { signal, ...(target && { target }) })),
    obey: (options = {}) => repeated(() => queue.obey(claim, { ...options, signal })),
    backlog: () => repeated(() => queue.backlog({ signal })),
    async followClock() {
      const jumpedMs = wall.jumpedMs();
      if (jumpedMs === 0) return;
      await repeated(() => queue.clockSet(claim, jumpedMs, { signal }));
      wall.follow(jumpedMs);
    },
    hasAccepted: () => repeated(() => queue.hasAccepted({ signal })),
  };
}

function leftNothing(error: SinkError): boolean {
  return error.verdict === 'retryable' && error.outcome === 'not-committed' && !error.connectionLost;
}
