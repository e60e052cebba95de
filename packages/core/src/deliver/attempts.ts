import type { Clock } from '../concurrency/clock.js';
import { type EndpointSink, isSinkError, type TargetAnswer, type Verdict } from '../contract/index.js';
import type { TakenMessage } from '../outbox/faces/delivery-queue.js';

/** The deliveries under way; each is a separate call of the sink. */
export interface Attempts {
  readonly underWay: number;
  /** The bytes of the large messages under way. */
  readonly largeBytes: number;
  /** @param onEnd called as soon as the attempt has ended, with any result */
  start(message: TakenMessage, onEnd: () => void): void;
  /** Returns the attempts that have ended since the last call, in the order in which they ended. */
  takeEnded(): readonly EndedAttempt[];
  /**
   * Aborts all attempts. From now on only an accepted delivery counts as known; any other result of an aborted attempt
   * is unknown.
   */
  abortAll(): void;
  /** Resolves when no attempt is under way. */
  idle(): Promise<void>;
}

export interface EndedAttempt {
  readonly message: TakenMessage;
  /** Null: the attempt was aborted, so its result is unknown. */
  readonly verdict: Verdict | null;
  readonly tookMs: number;
  /** The target's answer, if the sink reports it; else null. */
  readonly answer: TargetAnswer | null;
}

export function createAttempts(endpoint: EndpointSink, clock: Clock): Attempts {
  const off = new AbortController();
  const underWay = new Set<Promise<void>>();
  let ended: EndedAttempt[] = [];
  let largeBytes = 0;

  const attempt = async (message: TakenMessage): Promise<EndedAttempt> => {
    const startedMs = clock.monotonic();
    let answer: TargetAnswer | null = null;
    const verdict = await verdictOf(endpoint, message, off.signal, (targetAnswer) => {
      answer = targetAnswer;
    });
    const isKnown = !off.signal.aborted || verdict.verdict === 'accepted';
    return { message, verdict: isKnown ? verdict : null, tookMs: clock.monotonic() - startedMs, answer };
  };

  return {
    get underWay() {
      return underWay.size;
    },
    get largeBytes() {
      return largeBytes;
    },
    start(message, onEnd) {
      const bytes = message.largeBytes ?? 0;
      largeBytes += bytes;
      const call = attempt(message).then((end) => {
        largeBytes -= bytes;
        ended.push(end);
        underWay.delete(call);
        onEnd();
      });
      underWay.add(call);
    },
    takeEnded() {
      const taken = ended;
      ended = [];
      return taken;
    },
    abortAll: () => off.abort(new Error('Deliveries are being stopped.')),
    idle: async () => void (await Promise.all(underWay)),
  };
}

async function verdictOf(
  endpoint: EndpointSink,
  message: TakenMessage,
  signal: AbortSignal,
  onAnswer: (answer: TargetAnswer) => void,
): Promise<Verdict> {
  try {
    const [verdict] = await endpoint.deliver([message], { signal, onAnswer });
    return verdict ?? retry('The sink gave no verdict.', 'message');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!isSinkError(error)) return retry(reason, 'message');
    const isOfTarget = error.connectionLost || error.verdict === 'fatal';
    return retry(reason, isOfTarget ? 'target' : 'message', error.retryAfterMs);
  }
}

function retry(reason: string, fault: 'message' | 'target', retryAfterMs?: number): Verdict {
  return { verdict: 'retry', reason, answer: '', fault, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
