import type { EndpointName } from '../api/endpoint-name.js';

/** A fault, and when it strikes. Faults are data: a list of them may come from a file. */
export type FaultSpec = FaultTrigger & Fault;

/** The requests that a fault strikes; without conditions all that match. */
export interface FaultTrigger {
  readonly endpoint?: EndpointName | readonly EndpointName[];
  /** The probability from 0 to 1 that it strikes a request. */
  readonly probability?: number;
  /** The number of matching requests that pass before it begins. */
  readonly skip?: number;
  /** The most times that it strikes. */
  readonly count?: number;
  /** Instants on the simulator's clock between which it strikes, ISO 8601. */
  readonly from?: string;
  readonly until?: string;
  /** The seed of the probability; by default the simulator's. */
  readonly seed?: number;
}

/** The kind of a fault. */
export type Fault =
  /** An error, such as 500, 503 or 429; `retryAfter` in seconds or as an HTTP date. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string | number }
  /** An HTML page with status 200. */
  | { readonly kind: 'html' }
  /** The connection breaks before any answer. */
  | { readonly kind: 'reset' }
  /**
   * Breaks the connection of every request, like `reset`, for this number of seconds of the simulator's clock after the fault
   * was set.
   */
  | { readonly kind: 'down'; readonly seconds: number }
  /** No answer comes. */
  | { readonly kind: 'hang' }
  /** The answer comes late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The body comes in small pieces. */
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  /** Half of the body, then the connection breaks; or half of the body as if it were whole. */
  | { readonly kind: 'truncate'; readonly how: 'broken' | 'silent' }
  /** An entry, any JSON, that is added to each page of a listing. */
  | { readonly kind: 'stray-entry'; readonly entry: unknown }
  /** Contacts are left out of an answer though they exist, each with this probability. */
  | { readonly kind: 'missing-ids'; readonly share: number }
  /** The answer is as it was this time ago: a replica that lags behind. */
  | { readonly kind: 'lag'; readonly ms: number }
  /** The `Date` header is off by so much, or has this text; null: there is none. */
  | { readonly kind: 'date'; readonly offsetMs: number }
  | { readonly kind: 'date'; readonly header: string | null }
  /** A request for bodies that names one of these contacts fails, always with this status (500). */
  | { readonly kind: 'poison'; readonly status?: number; readonly ids: readonly string[] }
  /** Does the same for each contact whose number is a multiple. */
  | { readonly kind: 'poison'; readonly status?: number; readonly every: number }
  /** A request with a cursor is refused with 400. */
  | { readonly kind: 'refuse-cursor' }
  /** A page that is not the last one comes with the cursor of its own request. */
  | { readonly kind: 'repeat-cursor' }
  /** A page that is not the last one comes without a cursor. */
  | { readonly kind: 'lose-cursor' }
  /** Cursors have characters that a URL must escape. */
  | { readonly kind: 'escape-cursor' };

/** The name of a fault. */
export type FaultKind = Fault['kind'];

/** All kinds of faults; a missing one is a type error. */
export const FAULT_KINDS = Object.keys({
  status: 0,
  html: 0,
  reset: 0,
  down: 0,
  hang: 0,
  delay: 0,
  trickle: 0,
  truncate: 0,
  'stray-entry': 0,
  'missing-ids': 0,
  lag: 0,
  date: 0,
  poison: 0,
  'refuse-cursor': 0,
  'repeat-cursor': 0,
  'lose-cursor': 0,
  'escape-cursor': 0,
} satisfies Record<FaultKind, 0>) as readonly FaultKind[];
