import pRetry from 'p-retry';
import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import { createWaitReport } from '../concurrency/wait-report.js';
import type { CallOptions, Json } from '../contract/index.js';
import { parseJson } from '../lossless-json.js';
import type { Observer } from '../observe/run-events.js';
import { describeAnswer } from './answer-description.js';
import { createApiClock } from './api-clock.js';
import { ApiFault, codeOfStatus, parseRetryAfter } from './api-fault.js';
import { type ApiRequest, type HttpAnswer, type HttpTransport, nameOf, type Transfer } from './http-transport.js';

export interface CallerSettings {
  readonly transport: HttpTransport;
  /** Most requests in flight at a time. */
  readonly concurrency: number;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly observe: Observer;
}

/** What a request is for. */
export interface Call<T> {
  readonly request: ApiRequest;
  /** Throws an {@link ApiFault} for an answer of another shape. */
  readonly parse: (answer: Json, bytes: number) => T;
  readonly transfer?: Transfer;
  /** As an attempt leaves; again for each repetition. */
  readonly onAttempt?: () => void;
  /** Asked after each failure, before it is repeated or found fatal. */
  readonly giveUp?: (fault: ApiFault, attempt: number) => boolean | Promise<boolean>;
}

/**
 * The one way to the API: each request is repeated for ever, until it succeeds, its caller gives up, the fault is fatal or
 * the signal aborts. Waits are shared: a `Retry-After` holds back everybody, and one outage is reported once.
 */
export interface ApiCaller {
  /** Throws an {@link ApiFault}, or the signal's reason. */
  call<T>(call: Call<T>, options: CallOptions): Promise<T>;
  /** The API's now, in milliseconds. */
  now(): number;
  /** Whether an answer has told the API's now. */
  readonly knowsNow: boolean;
  readonly inFlight: number;
  readonly counters: { readonly requests: number; readonly retries: number };
}

export function createApiCaller(settings: CallerSettings): ApiCaller {
  const { transport, clock, observe, backoff } = settings;
  const places = createSemaphore(settings.concurrency);
  const apiClock = createApiClock(clock);
  const waiting = createWaitReport();
  const counters = { requests: 0, retries: 0 };
  let inFlight = 0;
  let busyUntilMs = 0;

  const send = async ({ request, transfer, onAttempt }: Call<unknown>, signal: AbortSignal) => {
    onAttempt?.();
    counters.requests++;
    inFlight++;
    try {
      return await transport.send(request, signal, transfer);
    } finally {
      inFlight--;
    }
  };

  const attempt = async <T>(call: Call<T>, signal: AbortSignal): Promise<T> => {
    while (busyUntilMs > clock.monotonic()) await clock.sleep(busyUntilMs - clock.monotonic(), signal);
    const answer = await places.run(() => send(call, signal), signal);
    const value = call.parse(readJson(answer, call.request, clock), answer.bytes);
    apiClock.tell(answer.date);
    const afterMs = waiting.succeeded(clock.monotonic());
    if (afterMs !== null) observe({ type: 'recovered', for: 'api', afterMs });
    return value;
  };

  const waitAfter = async (fault: ApiFault, attempts: number, signal: AbortSignal) => {
    counters.retries++;
    const line = waiting.failed(clock.monotonic());
    if (line) observe({ type: 'waiting', for: 'api', code: fault.code, message: fault.message, ...line });
    const { retryAfterMs } = fault;
    if (retryAfterMs !== undefined) busyUntilMs = Math.max(busyUntilMs, clock.monotonic() + retryAfterMs);
    await clock.sleep(backoffDelayMs(backoff, attempts, { retryAfterMs }), signal);
  };

  return {
    call: (call, { signal }) =>
      pRetry(() => attempt(call, signal), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: 0,
        signal,
        onFailedAttempt: async ({ error, attemptNumber }) => {
          if (!(error instanceof ApiFault)) throw error;
          if ((await call.giveUp?.(error, attemptNumber)) || error.isFatal) throw error;
          await waitAfter(error, attemptNumber, signal);
        },
      }),
    now: apiClock.now,
    get knowsNow() {
      return apiClock.isTold;
    },
    get inFlight() {
      return inFlight;
    },
    counters,
  };
}

function readJson(answer: HttpAnswer, request: ApiRequest, clock: Clock): Json {
  const { status } = answer;
  if (status < 200 || status > 299) {
    const retryAfterMs = parseRetryAfter(answer.retryAfter, Date.parse(answer.date ?? '') || clock.now());
    const message = `${nameOf(request)} answered ${status} with ${describeAnswer(answer)}.`;
    throw new ApiFault(codeOfStatus(status), message, { status, retryAfterMs });
  }
  try {
    return parseJson(answer.text);
  } catch {
    const message = `${nameOf(request)} answered ${describeAnswer(answer)}, broken or cut off.`;
    throw new ApiFault('API_ANSWER_INVALID', message, { status });
  }
}
