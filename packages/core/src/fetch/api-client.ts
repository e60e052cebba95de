import type { Backoff } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import type { CallOptions, Field, Fields } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import { ANSWER_BYTES } from './answer-limits.js';
import type { ApiAgents } from './api-agents.js';
import { type ApiCaller, createApiCaller, type SharedPlaces } from './api-caller.js';
import type { BothClocks } from './api-clock.js';
import { createByteBudget } from './byte-budget.js';
import { type BodiesOptions, contactBodies } from './contact-bodies.js';
import { createContactFetcher, type FetchedContact } from './contact-fetcher.js';
import { contactPages, type ListedContact } from './contact-list.js';
import { createCursorPages, type PageOptions } from './cursor-pages.js';
import { type EventLine, type EventWindow, eventPages } from './event-pages.js';
import { listFields } from './field-list.js';
import { type ApiRequest, createHttpTransport, type HttpTransport } from './http-transport.js';
import { type InboundWindow, inboundPages } from './inbound-calls.js';
import { createRequestSize } from './request-size.js';
import { createRequestWindow } from './request-window.js';
import { createSuspects } from './suspects.js';

export type { EventLine, FetchedContact, ListedContact };

export interface ApiClientSettings {
  /** The address of the API, such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  /** The HTTP proxy to the API, with its credentials. Default: none. */
  readonly apiProxy?: string | null;
  /**
   * Certificates in PEM of the authorities that may sign the API's certificate. Default: those of Node.js and of the
   * machine.
   */
  readonly apiAuthorities?: string | null;
  /** The largest number of requests in flight at a time, over all calls. */
  readonly requestConcurrency: number;
  /** The number of contacts in one request. Null: dbsync finds a good number while it runs. */
  readonly contactsPerRequest: number | null;
  readonly clock: Clock;
  /** The way to the API. Default: HTTP, with the limits below. */
  readonly transport?: HttpTransport;
  /** The connections and places that several campaigns of one process share. Default: its own. */
  readonly shared?: SharedRequests | null;
  readonly observe: Observer;
  /** The longest wait for the next byte of an answer. Default: 60 s. */
  readonly idleMs?: number;
  /** The longest time for one answer. Default: 10 minutes. */
  readonly deadlineMs?: number;
  readonly backoff?: Backoff;
  /**
   * The largest number of bytes of one answer, unpacked. Default: 16 MiB. Pages, lists of fields and failures have
   * limits of their own.
   */
  readonly maxAnswerBytes?: number;
  /**
   * The largest number of bytes of contact bodies that arrive or wait for their reader, over all calls. One answer may
   * exceed it. Default: 4 MiB.
   */
  readonly maxBufferedBytes?: number;
}

/** The part of one campaign in what several share. */
export interface SharedRequests {
  readonly agents: ApiAgents;
  readonly places: SharedPlaces;
}

/**
 * The API, for one campaign. Failed requests are repeated without end, with a `waiting` event now and then. A call ends
 * with its answer, with the signal's reason, or with a fatal error: `API_TOKEN_REFUSED`, `API_CAMPAIGN_UNKNOWN`.
 * Listings give each entry at least once, often exactly once; a page is never empty.
 */
export interface ApiClient {
  /**
   * Call if an earlier process had access to this campaign. A 401, 403 or 404 before the first good answer then ends
   * this process only if all requests are denied for about six minutes. Without this call, such an answer is fatal at
   * once.
   */
  hadAccessBefore(): void;
  /**
   * Returns the earlier of the API's now and the machine's now (R4), in milliseconds since 1970; before the first
   * answer, the machine's now. A clock that is ahead cannot move it.
   */
  now(): number;
  /** Returns the API's now and the machine's now; null before the first answer. */
  clocks(): BothClocks | null;
  /** The time by which a lag may be longer than the API's now shows, in milliseconds: see `api-clock.ts`. */
  unseenMs(): number;
  /**
   * Returns whether an instant, ISO 8601, is later than the API's now and the machine's now, by more than the two may
   * differ.
   */
  isAhead(instant: string): boolean;
  /**
   * If the API's now differs from the machine's now, asks until two answers agree on it: at most 20 times, or three times
   * where answers have no date. Each attempt asks another endpoint, so an endpoint that is down delays nothing.
   */
  learnNow(options: CallOptions): Promise<void>;
  /** Asks once more for the API's now: the machine's clock counts as set when two answers agree with it. */
  askNow(options: CallOptions): Promise<void>;
  listFields(options: CallOptions): Promise<readonly Field[]>;
  contactPages(
    options: PageOptions & { readonly changedSince: string | null },
  ): AsyncIterable<readonly ListedContact[]>;
  eventPages(options: EventWindow): AsyncIterable<readonly EventLine[]>;
  inboundPages(options: InboundWindow): AsyncIterable<readonly Fields[]>;
  contactBodies(ids: AsyncIterable<string> | Iterable<string>, options: BodiesOptions): AsyncIterable<FetchedContact>;
  /** Returns whether this contact could not be fetched lately, though other contacts could (R6). */
  isSuspect(contactId: string): boolean;
  readonly counters: { readonly requests: number; readonly retries: number };
  /** Closes idle connections. Call it after all calls have ended. */
  close(): void;
}

export function createApiClient(settings: ApiClientSettings): ApiClient {
  const { apiUrl, campaign, token, requestConcurrency: concurrency, clock, observe } = settings;
  const {
    idleMs = 60_000,
    deadlineMs = 600_000,
    maxAnswerBytes = ANSWER_BYTES.contact,
    maxBufferedBytes = 4 << 20,
  } = settings;
  const backoff = settings.backoff ?? { firstMs: 1_000, maxMs: 60_000 };
  const { apiProxy: proxy = null, apiAuthorities: authorities = null, shared = null } = settings;
  const agents = shared?.agents ?? null;
  const http = { agents, apiUrl, campaign, token, proxy, authorities, idleMs, deadlineMs, maxAnswerBytes };
  const transport = settings.transport ?? createHttpTransport(http);
  const caller = createApiCaller({ transport, concurrency, shared: shared?.places ?? null, backoff, clock, observe });
  const pages = createCursorPages(caller, { backoff, clock, observe });
  const size = createRequestSize(settings.contactsPerRequest);
  const window = createRequestWindow(concurrency, clock);
  const suspects = createSuspects(clock);
  const maxGroupBytes = Math.min(maxAnswerBytes, maxBufferedBytes);
  const fetcher = createContactFetcher({ caller, size, window, suspects, maxGroupBytes, clock, observe });
  const budget = createByteBudget(maxBufferedBytes);
  const insistingRequests = Math.max(1, Math.floor(concurrency / 4));
  const bodies = { fetcher, size, window, budget, suspects, insistingRequests };
  return {
    hadAccessBefore: caller.hadAccessBefore,
    now: caller.now,
    clocks: caller.clocks,
    unseenMs: caller.unseenMs,
    isAhead: (instant) => caller.isAhead(Date.parse(instant)),
    async learnNow(options) {
      for (
        let asked = 0;
        caller.clocks() === null && asked < (caller.doubtsNow ? DOUBTFUL_ANSWERS : DATELESS_ANSWERS);
        asked++
      )
        await askAnyEndpoint(caller, options);
    },
    async askNow(options) {
      await askAnyEndpoint(caller, options);
    },
    listFields: (options) => listFields(caller, options),
    contactPages: (options) => contactPages(pages, options),
    eventPages: (options) => eventPages(pages, options),
    inboundPages: (options) => inboundPages(pages, options),
    contactBodies: (ids, options) => contactBodies(bodies, ids, options),
    isSuspect: suspects.has,
    counters: caller.counters,
    close: transport.close,
  };
}

/** Where one of two servers has a wrong clock, two answers in a row agree long before. */
const DOUBTFUL_ANSWERS = 20;
/** The number of answers without a date that show that none has one. */
const DATELESS_ANSWERS = 3;

/** Asks one endpoint after the other until one answers. */
function askAnyEndpoint(caller: ApiCaller, options: CallOptions): Promise<null> {
  const endpoints: readonly ApiRequest[] = [
    { path: 'contacts/list', query: { limit: 1 } },
    { path: 'fields/list', query: {} },
  ];
  let attempts = 0;
  const current = () => endpoints[Math.max(0, attempts - 1) % endpoints.length] as ApiRequest;
  const request: ApiRequest = {
    get path() {
      return current().path;
    },
    get query() {
      return current().query;
    },
  };
  const onAttempt = () => {
    attempts++;
  };
  const transfer = () => ({ maxAnswerBytes: ANSWER_BYTES.fields });
  return caller.call({ request, parse: () => null, transfer, onAttempt }, options);
}
