import type { Clock } from '../concurrency/clock.js';
import type { SteadyWall } from '../concurrency/steady-wall.js';
import type { Outcome, TakenMessage } from '../outbox/faces/delivery-queue.js';
import type { Attempts } from './attempts.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { ClaimedQueue } from './claimed-queue.js';
import { createRetrySlots } from './retry-share.js';
import type { SeenTarget } from './seen-target.js';
import type { TokenBucket } from './token-bucket.js';

/**
 * Takes messages from the queue and sends them, within the limits. The same commit settles the attempts that have ended
 * meanwhile.
 */
export interface Sender {
  /** @returns milliseconds until more messages may be sendable, unless something happens earlier; 0: at once */
  sendDue(ended: readonly Outcome[]): Promise<number>;
  /** Settles these outcomes and takes no messages. */
  settle(ended: readonly Outcome[]): Promise<void>;
}

export interface SenderOptions {
  readonly queue: ClaimedQueue;
  readonly attempts: Attempts;
  readonly breaker: CircuitBreaker;
  readonly seen: SeenTarget;
  readonly bucket: TokenBucket;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly wall: SteadyWall;
  /** Called before each message is sent: the loop may have been stopped while the message was taken. */
  readonly mayStart: () => boolean;
  /** Called for a message that was taken and is not sent. */
  readonly onUnsent: (message: TakenMessage) => void;
  /** Called when an attempt has ended. */
  readonly onEnd: () => void;
}

/** Upper bound on the sleep: the wall clock may be set, and the loop checks that after each sleep. */
const LONGEST_SLEEP_MS = 60_000;
/** Lower bound on the sleep, against busy-looping. */
const SHORTEST_SLEEP_MS = 100;
/**
 * No large message is taken while the large messages under way have this many bytes. Each holds its contact, up to 16
 * MiB, as text and as parsed values.
 */
const MOST_LARGE_BYTES = 8 << 20;
/** Lower bound on the sleep while large messages wait for room, which the end of an attempt makes. */
const SLEEP_WITHOUT_ROOM_MS = 1_000;
const NO_CONTACTS: ReadonlySet<string> = new Set();

export function createSender(options: SenderOptions): Sender {
  const { queue, attempts, breaker, seen, bucket, concurrency, clock, wall, mayStart, onUnsent, onEnd } = options;
  const retries = createRetrySlots(concurrency);
  /**
   * The time when the next message of the queue is due, by the monotonic clock. An instant in the past means that it is not
   * known.
   */
  let nextDueMs = Number.NEGATIVE_INFINITY;

  const send = (message: TakenMessage) => {
    if (!mayStart()) return onUnsent(message);
    breaker.probe(message.contactId);
    const answered = bucket.spend(clock.monotonic());
    retries.left(message.isRetry);
    attempts.start(message, () => {
      retries.ended(message.isRetry);
      answered(clock.monotonic());
      onEnd();
    });
  };

  /**
   * Returns how many messages may be sent now, or how long to wait if none may be sent. An attempt that ends earlier
   * ends the wait.
   */
  const findRoom = (): { readonly limit: number } | { readonly waitMs: number } => {
    const { pause } = breaker;
    const nowMs = clock.monotonic();
    const free = concurrency - attempts.underWay;
    if (free < 1 || pause?.isProbing) return { waitMs: LONGEST_SLEEP_MS };
    if (pause && pause.nextProbeMs > nowMs) return { waitMs: pause.nextProbeMs - nowMs };
    const room = bucket.available(nowMs);
    if (room < 1) return { waitMs: bucket.waitMs(nowMs) };
    return { limit: pause ? 1 : Math.min(free, room) };
  };

  const monotonicOf = (instantMs: number) => instantMs - wall.now() + clock.monotonic();

  const noteDue = (ended: readonly Outcome[]) => {
    for (const outcome of ended) {
      if (outcome.outcome === 'failed') nextDueMs = Math.min(nextDueMs, monotonicOf(outcome.dueMs));
      if (outcome.outcome === 'postponed') nextDueMs = Number.NEGATIVE_INFINITY;
    }
  };

  const untilDue = async (): Promise<number> => {
    if (nextDueMs <= clock.monotonic()) {
      const { dueMs } = await queue.backlog();
      nextDueMs = dueMs === null ? Number.POSITIVE_INFINITY : monotonicOf(dueMs);
    }
    const untilMs = Math.min(nextDueMs, breaker.pause?.latestProbeMs ?? nextDueMs);
    return Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, Math.ceil(untilMs - clock.monotonic())));
  };

  const sender: Sender = {
    async settle(ended) {
      if (ended.length === 0) return;
      await seen.committing((target) => queue.settle(ended, target));
      noteDue(ended);
    },
    async sendDue(ended) {
      const room = findRoom();
      if ('waitMs' in room) {
        await sender.settle(ended);
        return room.waitMs;
      }
      const { limit } = room;
      const { pause } = breaker;
      const except = pause?.tried ?? NO_CONTACTS;
      const early = pause !== null && pause.latestProbeMs <= clock.monotonic();
      const maxLargeBytes = MOST_LARGE_BYTES - attempts.largeBytes;
      const request = { limit, maxLargeBytes, retries: retries.share(limit), except, ended, early };
      const taken = await seen.committing((target) => queue.take({ ...request, ...(target && { target }) }));
      noteDue(ended);
      for (const message of taken) send(message);
      if (taken.length === limit) return 0;
      if (except.size > 0) {
        breaker.startOver();
        return 0;
      }
      if (early || retries.areFull) return LONGEST_SLEEP_MS;
      return Math.max(await untilDue(), attempts.largeBytes < MOST_LARGE_BYTES ? 0 : SLEEP_WITHOUT_ROOM_MS);
    },
  };
  return sender;
}
