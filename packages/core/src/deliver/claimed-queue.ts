import pRetry from 'p-retry';
import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import type { SteadyWall } from '../concurrency/steady-wall.js';
import { type Claim, isSinkError, type SinkError } from '../contract/index.js';
import type { TargetState } from '../outbox/faces/delivery-acts.js';
import type {
  Backlog,
  DeliveryQueue,
  Obeyed,
  Outcome,
  TakenMessage,
  TakeOptions,
} from '../outbox/faces/delivery-queue.js';

/**
 * The queue while one claim holds: a call that has left nothing behind is repeated. Whatever else it throws ends the loop,
 * since what was taken and not settled is taken again only under a newer claim.
 */
export interface ClaimedQueue {
  /** The messages that are due. Since when their contacts fail is given by the monotonic clock. */
  take(wish: ClaimedTake): Promise<readonly TakenMessage[]>;
  settle(outcomes: readonly Outcome[], target?: TargetState): Promise<void>;
  backlog(): Promise<Backlog>;
  hasAccepted(): Promise<boolean>;
  /** Does a step of what operators asked for. */
  obey(): Promise<Obeyed>;
  /** Moves what is stored where the wall clock was set, so that no pause becomes longer or shorter. */
  followClock(): Promise<void>;
}

export interface ClaimedTake extends Omit<TakeOptions, 'nowMs'> {
  /** Takes also what is due only later, if nothing is due now. */
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
  const waitAfter = async ({ retryAfterMs }: SinkError, attempt: number) => {
    await clock.sleep(backoffDelayMs(BACKOFF, attempt, { retryAfterMs }), signal);
  };
  const repeated = async <T>(call: () => Promise<T>): Promise<T> => {
    return await pRetry(call, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 0,
      signal,
      shouldRetry: ({ error }) => leftNothing(error),
      onFailedAttempt: async ({ error, attemptNumber }) => {
        if (leftNothing(error)) await waitAfter(error, attemptNumber);
      },
    });
  };

  return {
    async take({ early, ...wish }) {
      const nowMs = () => (early ? Number.MAX_SAFE_INTEGER : wall.now());
      const taken = await repeated(() => queue.take(claim, { ...wish, nowMs: nowMs(), signal }));
      const aheadMs = wall.now() - clock.monotonic();
      return taken.map((message) => {
        const { failingSinceMs } = message;
        return { ...message, failingSinceMs: failingSinceMs === null ? null : failingSinceMs - aheadMs };
      });
    },
    settle: (outcomes, target) => repeated(() => queue.settle(claim, outcomes, { signal, ...(target && { target }) })),
    obey: () => repeated(() => queue.obey(claim, { signal })),
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

function leftNothing(error: unknown): error is SinkError {
  if (!isSinkError(error)) return false;
  return error.verdict === 'retryable' && error.outcome === 'not-committed' && !error.connectionLost;
}
