import type { Backoff } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import type { CallOptions, Field, Fields } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import { ANSWER_BYTES } from './answer-limits.js';
import { type ApiCaller, createApiCaller } from './api-caller.js';
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
  /** Such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  /** The HTTP proxy to the API, with its credentials. Default: none. */
  readonly apiProxy?: string | null;
  /** Certificates in PEM of the authorities that may sign the API's. Default: those of Node.js and of the machine. */
  readonly apiAuthorities?: string | null;
  /** Most requests in flight at a time, over all calls. */
  readonly requestConcurrency: number;
  /** null: found out while running. */
  readonly contactsPerRequest: number | null;
  readonly clock: Clock;
  /** Default: HTTP, with the limits below. */
  readonly transport?: HttpTransport;
  readonly observe: Observer;
  /** Longest wait for the next byte of an answer. Default: 60 s. */
  readonly idleMs?: number;
  /** Longest time for one answer. Default: 10 minutes. */
  readonly deadlineMs?: number;
  readonly backoff?: Backoff;
  /** Most bytes of one answer, unpacked. Default: 16 MiB; pages, lists of fields and failures have limits of their own. */
  readonly maxAnswerBytes?: number;
  /** Most bytes of contact bodies that arrive or wait for their reader, over all calls, apart from one answer. Default: 4 MiB. */
  readonly maxBufferedBytes?: number;
}

/**
 * The upstream, for one campaign. Requests that fail are repeated for ever, with a `waiting` event now and then; a call
 * ends with its answer, with the signal's reason, or with a fatal error: `API_TOKEN_REFUSED`, `API_CAMPAIGN_UNKNOWN`.
 * Listings give each entry at least once, often once; a page is never empty.
 */
export interface ApiClient {
  /**
   * An earlier process had access to this campaign: a 401, 403 or 404 before the first good answer ends this one only where
   * all requests are denied for about six minutes. Without it, such an answer is fatal at once.
   */
  hadAccessBefore(): void;
  /**
   * The earlier of the API's now and the machine's (R4), in milliseconds since 1970; the machine's before the first
   * answer. A clock that is ahead cannot move it.
   */
  now(): number;
  /** The API's now and the machine's; null before the first answer. */
  clocks(): BothClocks | null;
  /** Whether an instant, ISO 8601, is later than the API's now and the machine's, by more than they may differ. */
  isAhead(instant: string): boolean;
  /**
   * Asks until two answers agree on the API's now, where it is not the machine's; three times at most. Each attempt asks
   * another endpoint, so one that is down holds up nothing.
   */
  learnNow(options: CallOptions): Promise<void>;
  listFields(options: CallOptions): Promise<readonly Field[]>;
  contactPages(
    options: PageOptions & { readonly changedSince: string | null },
  ): AsyncIterable<readonly ListedContact[]>;
  eventPages(options: EventWindow): AsyncIterable<readonly EventLine[]>;
  inboundPages(options: InboundWindow): AsyncIterable<readonly Fields[]>;
  contactBodies(ids: AsyncIterable<string> | Iterable<string>, options: BodiesOptions): AsyncIterable<FetchedContact>;
  /** Whether the contact could not be had lately though others could (R6). */
  isSuspect(contactId: string): boolean;
  readonly counters: { readonly requests: number; readonly retries: number };
  /** Closes idle connections. Calls must have ended. */
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
  const { apiProxy: proxy = null, apiAuthorities: authorities = null } = settings;
  const http = { apiUrl, campaign, token, proxy, authorities, idleMs, deadlineMs, maxAnswerBytes };
  const transport = settings.transport ?? createHttpTransport(http);
  const caller = createApiCaller({ transport, concurrency, backoff, clock, observe });
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
    isAhead: (instant) => caller.isAhead(Date.parse(instant)),
    async learnNow(options) {
      for (let asked = 0; asked < 3 && !caller.knowsNow; asked++) await askAnyEndpoint(caller, options);
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
