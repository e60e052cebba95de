import type { Clock } from '../concurrency/clock.js';
import type { TakenMessage } from '../outbox/delivery-queue.js';
import type { Attempts } from './attempts.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { ClaimedQueue } from './claimed-queue.js';
import type { TokenBucket } from './token-bucket.js';

/** Takes messages and sends them, as many as there is room for. */
export interface Sender {
  /** @returns in how many milliseconds there may be more to send, unless something happens before; 0: at once */
  sendDue(): Promise<number>;
  /** A message goes back into the queue, and is due then (wall clock). */
  putBack(dueMs: number): void;
}

export interface SenderOptions {
  readonly queue: ClaimedQueue;
  readonly attempts: Attempts;
  readonly breaker: CircuitBreaker;
  readonly bucket: TokenBucket;
  readonly concurrency: number;
  readonly clock: Clock;
  /** Asked before each message leaves: what was taken may have become unwelcome meanwhile. */
  readonly mayStart: () => boolean;
  /** It was taken and has not left. */
  readonly onUnsent: (message: TakenMessage) => void;
  /** An attempt has ended. */
  readonly onEnd: () => void;
}

/** The wall clock may jump, so nobody sleeps for longer. */
const LONGEST_SLEEP_MS = 60_000;
/** If the queue names what it does not give, it is not asked without end. */
const SHORTEST_SLEEP_MS = 100;
const NOBODY: ReadonlySet<string> = new Set();

export function createSender(options: SenderOptions): Sender {
  const { queue, attempts, breaker, bucket, concurrency, clock, mayStart, onUnsent, onEnd } = options;
  /** When the next message of the queue is due; in the past: not known. */
  let nextDueMs = Number.NEGATIVE_INFINITY;

  const send = (message: TakenMessage) => {
    if (!mayStart() || (breaker.pause !== null && !isProbeDue(breaker, clock))) return onUnsent(message);
    breaker.probe(message.contactId);
    const answered = bucket.spend(clock.monotonic());
    attempts.start(message, () => {
      answered(clock.monotonic());
      onEnd();
    });
  };

  const untilDue = async (): Promise<number> => {
    if (nextDueMs <= clock.now()) nextDueMs = (await queue.backlog()).dueMs ?? Number.POSITIVE_INFINITY;
    return Math.min(LONGEST_SLEEP_MS, Math.max(SHORTEST_SLEEP_MS, Math.ceil(nextDueMs - clock.now())));
  };

  return {
    async sendDue() {
      const free = concurrency - attempts.underWay;
      const { pause } = breaker;
      const nowMs = clock.monotonic();
      if (free < 1 || pause?.isProbing) return LONGEST_SLEEP_MS;
      if (pause && pause.nextProbeMs > nowMs) return pause.nextProbeMs - nowMs;
      const room = bucket.available(nowMs);
      if (room < 1) return bucket.waitMs(nowMs);
      const limit = pause ? 1 : Math.min(free, room);
      const taken = await queue.take(limit, pause?.tried ?? NOBODY);
      for (const message of taken) send(message);
      if (taken.length === limit) return 0;
      if (pause && pause.tried.size > 0) {
        breaker.startOver();
        return 0;
      }
      return untilDue();
    },
    putBack(dueMs) {
      nextDueMs = Math.min(nextDueMs, dueMs);
    },
  };
}

function isProbeDue({ pause }: CircuitBreaker, clock: Clock): boolean {
  return pause !== null && !pause.isProbing && pause.nextProbeMs <= clock.monotonic();
}
