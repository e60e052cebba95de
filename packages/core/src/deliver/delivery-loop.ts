import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../concurrency/clock.js';
import { createSteadyWall } from '../concurrency/steady-wall.js';
import type { Claim, EndpointSink } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import type { DeliveryQueue, ObeyOptions, Outcome } from '../outbox/faces/delivery-queue.js';
import { createAttemptJudge, postponed } from './attempt-judge.js';
import { recordOf } from './attempt-record.js';
import type { AttemptSchedule } from './attempt-schedule.js';
import { type Attempts, createAttempts } from './attempts.js';
import { createCircuitBreaker } from './circuit-breaker.js';
import { createClaimedQueue } from './claimed-queue.js';
import { type DeliveryStatus, statusOf } from './delivery-status.js';
import { createDeliveryTally, type DeliveryEnd } from './delivery-tally.js';
import { tellFirstFailure } from './first-failures.js';
import { createOperatorDesk } from './operator-desk.js';
import { createSeenTarget } from './seen-target.js';
import { createSender } from './sender.js';
import type { TokenBucket } from './token-bucket.js';
import { createWakeup, type Wakeup } from './wakeup.js';

/** Sends the messages of the queue to the endpoint, for as long as one claim holds. */
export interface DeliveryLoop {
  /**
   * Runs until `stop`. After `stop`, no message is sent, and attempts under way get a bounded time to end. Attempts
   * with a known result are settled; the other messages are put back, and are sent again with the same id. When `run`
   * has ended, no attempt is under way.
   *
   * Throws the queue's error (this process lost the claim, or it is unknown whether a commit succeeded), or the reason
   * of `halt`.
   */
  run(): Promise<void>;
  /** Call when new messages have been committed to the queue. */
  wake(): void;
  /** The state of deliveries; null before the loop runs. */
  readonly status: DeliveryStatus | null;
}

export interface DeliveryLoopOptions extends ObeyOptions {
  readonly queue: DeliveryQueue;
  /** The opened sink, wrapped in its guard. */
  readonly endpoint: EndpointSink;
  readonly claim: Claim;
  readonly clock: Clock;
  readonly schedule: AttemptSchedule;
  readonly bucket: TokenBucket;
  /** The largest number of contacts served at a time; each has one message under way. */
  readonly concurrency: number;
  readonly observe: Observer;
  readonly stop: AbortSignal;
  /** Ends commits too: the claim is lost, or the stop has taken too long. */
  readonly halt: AbortSignal;
  readonly random?: () => number;
  /** The interval at which the loop reads the acts of operators. Default: once a minute. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 60_000;

/**
 * The time for attempts under way to end. With the time that the guard waits for aborted calls, it is shorter than the
 * time that a run has to end.
 */
const DRAIN_MS = 15_000;

export function createDeliveryLoop(options: DeliveryLoopOptions): DeliveryLoop {
  const wakeup = createWakeup(options.clock);
  let shown: (() => DeliveryStatus) | null = null;
  const show = (how: () => DeliveryStatus) => {
    shown = how;
  };
  return {
    wake: wakeup.wake,
    run: () => runToEnd(options, wakeup, show),
    get status() {
      return shown?.() ?? null;
    },
  };
}

type Show = (how: () => DeliveryStatus) => void;

async function runToEnd(options: DeliveryLoopOptions, wakeup: Wakeup, show: Show): Promise<void> {
  const { stop, halt, endpoint, clock } = options;
  const attempts = createAttempts(endpoint, clock);
  for (const signal of [stop, halt]) signal.addEventListener('abort', wakeup.wake);
  try {
    await deliver(options, attempts, wakeup, show);
  } catch (error) {
    halt.throwIfAborted();
    throw error;
  } finally {
    for (const signal of [stop, halt]) signal.removeEventListener('abort', wakeup.wake);
    attempts.abortAll();
    await attempts.idle();
  }
}

/**
 * Runs rounds until `stop`, then drains. A round settles the ended attempts and sends the due messages. Between rounds
 * it yields to the event loop, so that answers that arrived together are settled in one commit.
 */
async function deliver(options: DeliveryLoopOptions, attempts: Attempts, wakeup: Wakeup, show: Show): Promise<void> {
  const { stop, halt, clock, schedule, observe, random = Math.random, lookEveryMs = LOOK_EVERY_MS } = options;
  halt.throwIfAborted();
  const wall = createSteadyWall(clock);
  const queue = createClaimedQueue({ ...options, wall, signal: halt });
  const breaker = createCircuitBreaker(await queue.hasAccepted());
  const judge = createAttemptJudge({ breaker, schedule, clock, wall, random, observe });
  const tally = createDeliveryTally(clock, wall, observe);
  const seen = createSeenTarget(breaker, clock, wall);
  const { deletedOf } = options;
  const desk = createOperatorDesk({ queue, clock, observe, everyMs: lookEveryMs, ...(deletedOf && { deletedOf }) });
  show(() => statusOf(seen.current, desk.pausing, wall.now()));
  const ends: DeliveryEnd[] = [];
  const sender = createSender({
    ...options,
    wall,
    queue,
    attempts,
    breaker,
    seen,
    mayStart: () => !stop.aborted,
    onUnsent: (message) => {
      ends.push({ contactId: message.contactId, outcome: postponed(message, null) });
      wakeup.wake();
    },
    onEnd: wakeup.wake,
  });

  const judgeEnded = () => {
    for (const ended of attempts.takeEnded()) {
      const outcome = judge.outcomeOf(ended);
      tellFirstFailure(ended.message, outcome, observe);
      const attempt = recordOf(ended, wall.now());
      ends.push({ contactId: ended.message.contactId, outcome: { ...outcome, attempt } });
    }
  };
  const commitEnds = async <T>(commit: (ended: readonly Outcome[]) => Promise<T>): Promise<T> => {
    const committed = ends.splice(0);
    const result = await commit(committed.map(({ outcome }) => outcome));
    if (committed.length > 0) tally.settled(committed);
    return result;
  };
  const drain = async () => {
    const giveUpMs = clock.monotonic() + DRAIN_MS;
    while (attempts.underWay > 0 && clock.monotonic() < giveUpMs) {
      judgeEnded();
      await commitEnds(sender.settle);
      await wakeup.sleep(giveUpMs - clock.monotonic());
      halt.throwIfAborted();
    }
    attempts.abortAll();
    await attempts.idle();
    judgeEnded();
    await commitEnds(sender.settle);
  };

  const round = async () => {
    if (!(await desk.look())) return commitEnds(sender.sendDue);
    await commitEnds(sender.settle);
    return desk.isMore ? 0 : lookEveryMs;
  };

  for (;;) {
    await queue.followClock();
    judgeEnded();
    if (stop.aborted) break;
    const sleepMs = await round();
    await tally.tellBacklog(queue.backlog);
    if (sleepMs > 0) await wakeup.sleep(Math.min(sleepMs, lookEveryMs));
    await nextTurn();
    halt.throwIfAborted();
  }
  await drain();
}
