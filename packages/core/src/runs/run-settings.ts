import type { Clock } from '../concurrency/clock.js';
import type { EndpointSink, StoreSink } from '../contract/index.js';
import type { Ticker } from '../daemon/ticker.js';
import type { AttemptSchedule } from '../deliver/attempt-schedule.js';
import type { SendingRate } from '../deliver/token-bucket.js';
import type { HttpTransport } from '../fetch/http-transport.js';
import type { Observer, RunMode } from '../observe/run-events.js';
import type { DeliveryQueue } from '../outbox/faces/delivery-queue.js';
import type { FieldRules } from '../records/field-rules.js';
import type { TransactionFilter } from '../records/transaction-filter.js';

/** All that a run needs, checked already. */
export interface RunSettings {
  readonly mode: RunMode;
  readonly campaign: string;
  readonly token: string;
  /** Such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  /** The HTTP proxy to the API, with its credentials. Absent or null: none. */
  readonly apiProxy?: string | null;
  /** Certificates in PEM of the authorities that may sign the API's. Absent or null: those of Node.js and of the machine. */
  readonly apiAuthorities?: string | null;
  /** ISO 8601 UTC; null: not given. */
  readonly since: string | null;
  /** `db_init` fetches and writes all that it lists, whatever the proofs of the rows say. Absent: false. */
  readonly again?: boolean;
  /** The command line of the `db_init` that fills the copy in, for people, without secrets. */
  readonly fillCommand?: string;
  readonly filter: TransactionFilter;
  /** Fields that are left out or hashed. Absent or null: none. */
  readonly fields?: FieldRules | null;
  readonly intervalMs: number;
  /** Most requests for contact bodies at a time. */
  readonly requestConcurrency: number;
  /** null: found out while running. */
  readonly contactsPerRequest: number | null;
  readonly leaseMs: number;
  /** How long dead letters are kept, counted from their first failure. Absent or null: until something settles them. */
  readonly keepDeadLettersMs?: number | null;
  /** `db_sync` removes contacts that the campaign has no more. Absent: they stay. */
  readonly mirrorDeletions?: boolean;
  /** Of mode webhook: the outbox. */
  readonly sink: OpenableSink;
  /** Of mode webhook: what carries messages out of the outbox; null in all others. */
  readonly delivery: DeliverySettings | null;
}

/** Deliveries out of the outbox that `RunSettings.sink` writes to. */
export interface DeliverySettings {
  readonly queue: DeliveryQueue;
  /** Guarded, not opened. */
  readonly endpoint: EndpointSink;
  readonly schedule: AttemptSchedule;
  /** null: without bounds. */
  readonly rate: SendingRate | null;
  /** Contacts at a time. */
  readonly concurrency: number;
  /** How often the loop looks for acts of operators. Default: once a minute. */
  readonly lookEveryMs?: number;
}

/** A sink as the plugin room hands it over: loaded, guarded, not opened. */
export interface OpenableSink {
  readonly store: StoreSink;
  /** The target without secrets, for logs. */
  readonly target: string;
  /** What rows depend on beside the upstream and the filter, such as `columns=native fields=100`. */
  readonly plan: string;
}

/** What rows depend on beside the upstream, in words: two processes that differ in it must not share tables. */
export function planOf({ filter, fields, sink }: RunSettings): string {
  const plan = `filter=${filter.mode} prefixes=${filter.prefixes.join(',')} ${sink.plan}`.trim();
  return fields ? `${plan} ${fields.plan}` : plan;
}

/** What a run is given beside its settings: how it is ended, heard and timed. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly observe: Observer;
  readonly clock: Clock;
  /** Counts leases, and waits for the store: it runs with the clock of the target, also where a test moves `clock`. */
  readonly storeClock: Clock;
  /** How requests reach the API. Default: HTTP. */
  readonly transport?: HttpTransport;
  readonly ticker: Ticker;
}
