import type { RunEvent } from '@dbsync/core';
import type { Claim, EndpointSink, Message, SinkError, Verdict } from '@dbsync/core/contract';
import { type AttemptSchedule, DEFAULT_ATTEMPT_SCHEDULE } from '../../packages/core/src/deliver/attempt-schedule.js';
import { createDeliveryLoop, type DeliveryLoop } from '../../packages/core/src/deliver/delivery-loop.js';
import { createTokenBucket, type TokenBucket } from '../../packages/core/src/deliver/token-bucket.js';
import { createDrivenClock, type DrivenClock } from './clocks/driven-clock.ts';
import { createMemoryQueue, type MemoryQueue } from './memory-queue.ts';

/** A running delivery loop with a queue in memory, on a clock that a test drives. */
export interface DeliveryBench {
  readonly clock: DrivenClock;
  readonly queue: MemoryQueue;
  readonly loop: DeliveryLoop;
  /** Settles when the loop has ended. */
  readonly ended: Promise<void>;
  readonly sent: readonly Message[];
  readonly events: readonly RunEvent[];
  /** Makes the endpoint's verdict. */
  onDeliver: (message: Message, signal: AbortSignal) => Verdict | Promise<Verdict>;
  outcomeOf(id: string): MemoryQueue['settled'][number] | undefined;
  /** Called when messages are taken, before the loop gets them. */
  onTake: () => void;
  /** Returns how often the queue was asked. */
  takes(): number;
  failNextCommits(...errors: readonly SinkError[]): void;
  stop(): void;
  halt(reason: Error): void;
}

export interface DeliveryBenchOptions {
  readonly clock?: DrivenClock;
  readonly queue?: MemoryQueue;
  readonly epoch?: bigint;
  readonly schedule?: AttemptSchedule;
  readonly bucket?: TokenBucket;
  readonly concurrency?: number;
  readonly hasEverAccepted?: boolean;
  readonly stopped?: boolean;
  readonly random?: () => number;
}

const CLAIM: Claim = { stream: 'S', holder: 'H', epoch: 1n, plan: 'P', leaseMs: 30_000 };

export function startBench(options: DeliveryBenchOptions = {}): DeliveryBench {
  const clock = options.clock ?? createDrivenClock();
  const queue = options.queue ?? createMemoryQueue({ hasEverAccepted: options.hasEverAccepted ?? true });
  const [stop, halt] = [new AbortController(), new AbortController()];
  if (options.stopped) stop.abort();
  const sent: Message[] = [];
  const events: RunEvent[] = [];
  const errors: SinkError[] = [];
  let takes = 0;

  const endpoint: EndpointSink = {
    kind: 'endpoint',
    open: async () => {},
    checkHealth: async () => [],
    close: async () => {},
    deliver: ([message], { signal }) => {
      if (message === undefined) throw new TypeError('nothing to deliver');
      sent.push(message);
      return Promise.resolve(bench.onDeliver(message, signal)).then((verdict) => [verdict]);
    },
  };
  const failing = <T>(call: () => Promise<T>): Promise<T> => {
    const error = errors.shift();
    return error === undefined ? call() : Promise.reject(error);
  };
  const loop = createDeliveryLoop({
    queue: {
      ...queue,
      take: async (claim, request) => {
        takes += 1;
        const taken = await failing(() => queue.take(claim, request));
        if (taken.length > 0) bench.onTake();
        return taken;
      },
      settle: (claim, outcomes, call) => failing(() => queue.settle(claim, outcomes, call)),
    },
    endpoint,
    claim: { ...CLAIM, epoch: options.epoch ?? CLAIM.epoch },
    clock,
    schedule: options.schedule ?? DEFAULT_ATTEMPT_SCHEDULE,
    bucket: options.bucket ?? createTokenBucket(null),
    concurrency: options.concurrency ?? 16,
    observe: (event) => void events.push(event),
    stop: stop.signal,
    halt: halt.signal,
    random: options.random ?? (() => 0),
  });
  const ended = loop.run();
  ended.catch(() => {});
  const bench: DeliveryBench = {
    clock,
    queue,
    loop,
    ended,
    sent,
    events,
    onDeliver: () => ({ verdict: 'accepted' }),
    onTake: () => {},
    outcomeOf: (id) => queue.settled.findLast((outcome) => outcome.id === id),
    takes: () => takes,
    failNextCommits: (...next) => void errors.push(...next),
    stop: () => stop.abort(),
    halt: (reason) => halt.abort(reason),
  };
  return bench;
}
