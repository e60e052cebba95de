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
import type { RunShare } from './run-share.js';

/** All settings of a run, checked already. */
export interface RunSettings {
  readonly mode: RunMode;
  readonly campaign: string;
  readonly token: string;
  /** The address of the API, such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  /** The HTTP proxy to the API, with its credentials. Absent or null: none. */
  readonly apiProxy?: string | null;
  /** Certificates in PEM of the authorities that may sign the API's. Absent or null: those of Node.js and of the machine. */
  readonly apiAuthorities?: string | null;
  /** ISO 8601 UTC; null: not given. */
  readonly since: string | null;
  /** True: `db_init` fetches and writes all that it lists, whatever the rows prove. Absent: false. */
  readonly again?: boolean;
  /** The command line of the `db_init` that fills the copy in, for operators, without secrets. */
  readonly fillCommand?: string;
  readonly filter: TransactionFilter;
  /** Fields that are left out or hashed. Absent or null: none. */
  readonly fields?: FieldRules | null;
  readonly intervalMs: number;
  /** Most requests for contact bodies at a time. */
  readonly requestConcurrency: number;
  /** The size of a request for bodies; null: found out while running. */
  readonly contactsPerRequest: number | null;
  readonly leaseMs: number;
  /** The time for which dead letters are kept, counted from their first failure. Absent or null: until they are settled. */
  readonly keepDeadLettersMs?: number | null;
  /** True: `db_sync` removes contacts that the campaign has no more. Absent: they stay. */
  readonly mirrorDeletions?: boolean;
  /** The database; in mode webhook the outbox. */
  readonly sink: OpenableSink;
  /** The sender of the outbox's messages in mode webhook; null in all other modes. */
  readonly delivery: DeliverySettings | null;
}

/** Deliveries out of the outbox that `RunSettings.sink` writes to. */
export interface DeliverySettings {
  readonly queue: DeliveryQueue;
  /** The endpoint, guarded, not opened. */
  readonly endpoint: EndpointSink;
  readonly schedule: AttemptSchedule;
  /** The limits of the rate; null: no limits. */
  readonly rate: SendingRate | null;
  /** The number of contacts whose deliveries run side by side. */
  readonly concurrency: number;
  /** The interval at which the loop looks for acts of operators. Default: once a minute. */
  readonly lookEveryMs?: number;
}

/** A sink from the plugins: loaded, guarded, not opened. */
export interface OpenableSink {
  readonly store: StoreSink;
  /** The target without secrets, for logs. */
  readonly target: string;
  /** The facts that rows depend on beside the upstream and the filter, such as `columns=native fields=100`. */
  readonly plan: string;
}

/**
 * Returns the plan: the facts that rows depend on beside the upstream, in words. Two processes that differ in it must
 * not share tables.
 */
export function planOf({
  filter,
  fields,
  sink,
}: Pick<RunSettings, 'filter' | 'fields'> & { readonly sink: Pick<OpenableSink, 'plan'> }): string {
  const plan = `filter=${filter.mode} prefixes=${filter.prefixes.join(',')} ${sink.plan}`.trim();
  return fields ? `${plan} ${fields.plan}` : plan;
}

/** The surroundings of a run: its end, its observer and its clocks. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly observe: Observer;
  readonly clock: Clock;
  /**
   * The clock of leases and of waits for the store: it runs with the clock of the target, also where a test moves
   * `clock`.
   */
  readonly storeClock: Clock;
  /** The transport of requests to the API. Default: HTTP. */
  readonly transport?: HttpTransport;
  readonly ticker: Ticker;
  /** The things that the runs of one process share. Default: this run is alone. */
  readonly share?: RunShare;
}
