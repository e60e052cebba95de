import pRetry, { type RetryContext } from 'p-retry';
import type { Backoff } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import { type CallOptions, type Json, parseJson } from '../contract/index.js';
import type { ErrorCodeName } from '../errors/error-codes.js';
import type { Observer } from '../observe/run-events.js';
import { createAccessDenials } from './access-denials.js';
import { describeAnswer } from './answer-description.js';
import { ANSWER_BYTES } from './answer-limits.js';
import { isTooHeavy } from './answer-weight.js';
import { type BothClocks, createApiClock } from './api-clock.js';
import { ApiFault, codeOfStatus, parseRetryAfter } from './api-fault.js';
import { createApiWaits } from './api-waits.js';
import { type ApiRequest, type HttpAnswer, type HttpTransport, nameOf, type Transfer } from './http-transport.js';

export interface CallerSettings {
  readonly transport: HttpTransport;
  /** Most requests for contact bodies in flight at a time. */
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
  /** Asked for as each attempt leaves. */
  readonly transfer?: () => Transfer;
  /** As an attempt leaves; again for each repetition. */
  readonly onAttempt?: () => void;
  /** Asked after each failure, before it is repeated or found fatal. */
  readonly giveUp?: (fault: ApiFault, attempt: number) => boolean | Promise<boolean>;
}

/** How a call is made. */
export interface RequestOptions extends CallOptions {
  /** Called with the time from the sending of the request to its answer, in milliseconds; not for an attempt that failed. */
  readonly onAnswered?: ((tookMs: number) => void) | undefined;
}

/**
 * The one way to the API: each request is repeated for ever, until it succeeds, its caller gives up, the signal aborts, or
 * the API is found to deny access for good. Waits and what is told of them: `api-waits.ts`.
 */
export interface ApiCaller {
  /** Throws an {@link ApiFault}, or the signal's reason. */
  call<T>(call: Call<T>, options: RequestOptions): Promise<T>;
  /** An earlier process had access: see `access-denials.ts`. */
  hadAccessBefore(): void;
  /** The earlier of the API's now and the machine's, in milliseconds (R4). */
  now(): number;
  /** The API's now and the machine's; null before the first answer. */
  clocks(): BothClocks | null;
  /** Whether an instant is later than the API's now and the machine's. */
  isAhead(ms: number): boolean;
  /** Whether an answer has told the API's now. */
  readonly knowsNow: boolean;
  readonly inFlight: number;
  readonly counters: { readonly requests: number; readonly retries: number };
}

/** Pages have places of their own, so that requests for bodies that hang keep no listing, event or inbound call waiting. */
const PAGE_PLACES = 6;

export function createApiCaller(settings: CallerSettings): ApiCaller {
  const { transport, clock, observe, backoff } = settings;
  const bodyPlaces = createSemaphore(settings.concurrency);
  const pagePlaces = createSemaphore(PAGE_PLACES);
  const apiClock = createApiClock(clock);
  const waits = createApiWaits({ clock, observe, backoff });
  const counters = { requests: 0, retries: 0 };
  let inFlight = 0;

  const send = async ({ request, transfer, onAttempt }: Call<unknown>, signal: AbortSignal) => {
    onAttempt?.();
    counters.requests++;
    inFlight++;
    const sentMs = clock.monotonic();
    try {
      const answer = await transport.send(request, signal, transfer?.());
      return { answer, tookMs: clock.monotonic() - sentMs };
    } finally {
      inFlight--;
    }
  };

  const attempt = async <T>(call: Call<T>, { signal, onAnswered }: RequestOptions): Promise<T> => {
    await waits.untilFree(signal);
    const places = call.request.body === undefined ? pagePlaces : bodyPlaces;
    const { answer, tookMs } = await places.run(() => send(call, signal), signal);
    const value = call.parse(readJson(answer, call.request, clock), answer.bytes);
    apiClock.tell(answer.date);
    onAnswered?.(tookMs);
    return value;
  };

  const transfer = () => ({ maxAnswerBytes: ANSWER_BYTES.fields });
  const ask = (request: ApiRequest, signal: AbortSignal) =>
    attempt({ request, parse: () => null, transfer }, { signal });
  const denials = createAccessDenials({ clock, ask, observe });

  return {
    async call(call, callOptions) {
      const { signal } = callOptions;
      const own = waits.ofCall();
      const onFailedAttempt = async ({ error, attemptNumber }: RetryContext) => {
        if (!(error instanceof ApiFault)) throw error;
        if (denials.isAtOnce(error)) throw error.asFatal();
        if (await call.giveUp?.(error, attemptNumber)) throw error;
        if (await denials.isFinal(error, call.request, signal)) throw error.asFatal();
        counters.retries++;
        await own.failed(error, attemptNumber, signal);
      };
      const options = { retries: Number.POSITIVE_INFINITY, minTimeout: 0, signal, onFailedAttempt };
      try {
        const value = await pRetry(() => attempt(call, callOptions), options);
        denials.succeeded();
        own.succeeded();
        return value;
      } finally {
        own.ended();
      }
    },
    hadAccessBefore: denials.hadAccessBefore,
    now: apiClock.sureNow,
    clocks: apiClock.both,
    isAhead: apiClock.isAhead,
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
    const code = codeOfStatus(status);
    const message = `${adviceOn(code)}${nameOf(request)} answered ${status} with ${describeAnswer(answer)}.`;
    throw new ApiFault(code, message, { status, retryAfterMs });
  }
  if (isTooHeavy(answer.text)) {
    const message = `${nameOf(request)} answered ${describeAnswer(answer)} with more values than fit into memory.`;
    throw new ApiFault('API_ANSWER_TOO_LARGE', message, { status });
  }
  try {
    return parseJson(answer.text);
  } catch {
    const message = `${nameOf(request)} answered ${describeAnswer(answer)}, broken or cut off.`;
    throw new ApiFault('API_ANSWER_INVALID', message, { status });
  }
}

/** Says what to check before it is said what came: few readers know what 401 means. */
function adviceOn(code: ErrorCodeName): string {
  if (code === 'API_TOKEN_REFUSED') return 'The token is not valid for this campaign: check --campaign and --token. ';
  if (code === 'API_CAMPAIGN_UNKNOWN') return 'The API knows no such campaign: check --campaign. ';
  return '';
}
