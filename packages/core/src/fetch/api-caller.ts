import type { Backoff } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import type { ShareOfPlaces } from '../concurrency/fair-share.js';
import { repeat } from '../concurrency/repeat.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import { type CallOptions, type Json, parseJson } from '../contract/index.js';
import type { ErrorCodeName } from '../errors/error-codes.js';
import type { Observer } from '../observe/run-events.js';
import { createAccessDenials } from './access-denials.js';
import { describeAnswer } from './answer-description.js';
import { ANSWER_BYTES } from './answer-limits.js';
import { isTooHeavy } from './answer-weight.js';
import { type BothClocks, createApiClock } from './api-clock.js';
import { ApiFault, apiRetryAfterMs, codeOfStatus } from './api-fault.js';
import { createApiWaits } from './api-waits.js';
import { type ApiRequest, type HttpAnswer, type HttpTransport, nameOf, type Transfer } from './http-transport.js';
import { createLimitScopes, type LimitScope, type OtherRequest } from './limit-scope.js';
import { otherThan } from './other-endpoint.js';

export interface CallerSettings {
  readonly transport: HttpTransport;
  /** The largest number of requests for contact bodies in flight at a time. */
  readonly concurrency: number;
  /** The places that several campaigns of one process share. Absent or null: there are no others. */
  readonly shared?: SharedPlaces | null;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly observe: Observer;
}

/** Shares of places for requests. Those for pages are apart from those for contacts, as in {@link PAGE_PLACES}. */
export interface SharedPlaces {
  readonly pages: ShareOfPlaces;
  readonly bodies: ShareOfPlaces;
}

/** One call of the API: its request, and how its answer is read. */
export interface Call<T> {
  readonly request: ApiRequest;
  /** Reads the answer. Throws an {@link ApiFault} if the answer has another shape. */
  readonly parse: (answer: Json, bytes: number) => T;
  /** Called when each attempt is sent; returns the limits of that attempt. */
  readonly transfer?: () => Transfer;
  /** Called when an attempt is sent, and for each repetition again. */
  readonly onAttempt?: () => void;
  /**
   * Called after each failed attempt, before the request is repeated or the fault is found fatal. Returning true stops
   * the retries.
   */
  readonly giveUp?: (fault: ApiFault, attempt: number, scope: LimitScope) => boolean | Promise<boolean>;
  /**
   * Sends a request that this one is compared with when the API asks it to wait. With it, `giveUp` decides about a limit
   * that concerns this request alone, which is then not waited for. Default: another endpoint.
   */
  readonly other?: OtherRequest;
  /** Throws the first fault. */
  readonly isSentOnce?: boolean;
}

/** The options of a call. */
export interface RequestOptions extends CallOptions {
  /** Called with the time from sending the request to its answer, in milliseconds; not called for a failed attempt. */
  readonly onAnswered?: ((tookMs: number) => void) | undefined;
}

/**
 * The one way to the API. Each request is repeated without end, until it succeeds, its caller gives up, the signal
 * aborts, or the API is found to deny access for good. `api-waits.ts` does the waiting and logs it.
 */
export interface ApiCaller {
  /** Sends the request until it is answered. Throws an {@link ApiFault}, or the signal's reason. */
  call<T>(call: Call<T>, options: RequestOptions): Promise<T>;
  /** Call if an earlier process had access: see `access-denials.ts`. */
  hadAccessBefore(): void;
  /** Returns the earlier of the API's now and the machine's now, in milliseconds (R4). */
  now(): number;
  /** Returns the API's now and the machine's now; null before the first answer. */
  clocks(): BothClocks | null;
  /** The time by which a lag may be longer than the API's now shows, in milliseconds: see `api-clock.ts`. */
  unseenMs(): number;
  /** Returns whether an instant is later than both the API's now and the machine's now. */
  isAhead(ms: number): boolean;
  /** True while the next answers may agree with the last one on the API's now, which is not believed. */
  readonly doubtsNow: boolean;
  readonly inFlight: number;
  readonly counters: { readonly requests: number; readonly retries: number };
}

/**
 * Pages have places of their own, so that hanging requests for bodies never delay a listing, events or inbound calls.
 */
const PAGE_PLACES = 6;

export function createApiCaller(settings: CallerSettings): ApiCaller {
  const { transport, clock, observe, backoff, shared } = settings;
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
    const readDate = apiClock.ask();
    try {
      const answer = await transport.send(request, signal, transfer?.());
      return { answer, readDate, tookMs: clock.monotonic() - sentMs };
    } finally {
      inFlight--;
    }
  };

  const attempt = async <T>(call: Call<T>, { signal, onAnswered }: RequestOptions): Promise<T> => {
    await waits.untilFree(signal);
    const [places, share] =
      call.request.body === undefined ? [pagePlaces, shared?.pages] : [bodyPlaces, shared?.bodies];
    const sendNow = () => send(call, signal);
    const sendInTurn = () => (share ? share.run(sendNow, signal) : sendNow());
    const { answer, readDate, tookMs } = await places.run(sendInTurn, signal);
    const value = call.parse(readJson(answer, call.request, clock), answer.bytes);
    readDate(answer.date);
    onAnswered?.(tookMs);
    return value;
  };

  const transfer = () => ({ maxAnswerBytes: ANSWER_BYTES.fields });
  const ask = (request: ApiRequest, signal: AbortSignal) =>
    attempt({ request, parse: () => null, transfer }, { signal });
  const denials = createAccessDenials({ clock, ask, observe });
  const limits = createLimitScopes({ clock, isHeldAfter: waits.isHeldAfter });

  return {
    async call(call, callOptions) {
      const { signal } = callOptions;
      const own = waits.ofCall();
      const onFailure = async (error: Error, failures: number) => {
        if (!(error instanceof ApiFault)) throw error;
        const failedMs = clock.monotonic();
        if (denials.isAtOnce(error)) throw error.asFatal();
        if (call.isSentOnce) throw error;
        const other = call.other ?? otherEndpoint(call.request, (request) => ask(request, signal));
        const scope = await limits.of(error, failures, other);
        if (await call.giveUp?.(error, failures, scope)) throw error;
        if (await denials.isFinal(error, call.request, signal)) throw error.asFatal();
        counters.retries++;
        const fault = scope !== 'all' && call.other ? error.withoutRetryAfter() : error;
        await own.failed(fault, failures, { signal, scope, failedMs });
      };
      try {
        const value = await repeat(() => attempt(call, callOptions), { signal, onFailure });
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
    unseenMs: apiClock.unseenMs,
    isAhead: apiClock.isAhead,
    get doubtsNow() {
      return apiClock.isDoubting;
    },
    get inFlight() {
      return inFlight;
    },
    counters,
  };
}

/** Returns a request to another endpoint, which shows whether a limit concerns the API as a whole. */
function otherEndpoint(request: ApiRequest, ask: (other: ApiRequest) => Promise<null>): OtherRequest {
  const other = otherThan(request);
  return { key: other.path, ask: () => ask(other).then(() => 'first', noneAnswered) };
}

/** Tells of a fault that may pass; throws a fatal one, and any other error, such as the reason of an abort. */
function noneAnswered(error: unknown): 'none' {
  if (error instanceof ApiFault && !error.isFatal) return 'none';
  throw error;
}

function readJson(answer: HttpAnswer, request: ApiRequest, clock: Clock): Json {
  const { status } = answer;
  if (status < 200 || status > 299) {
    const retryAfterMs = apiRetryAfterMs(answer.retryAfter, Date.parse(answer.date ?? '') || clock.now());
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

/** Returns what the user must check. It stands before the answer's status, since few readers know what 401 means. */
function adviceOn(code: ErrorCodeName): string {
  if (code === 'API_TOKEN_REFUSED') return 'The token is not valid for this campaign: check --campaign and --token. ';
  if (code === 'API_CAMPAIGN_UNKNOWN') return 'The API knows no such campaign: check --campaign. ';
  return '';
}
