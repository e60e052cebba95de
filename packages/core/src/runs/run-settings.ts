import type { Clock } from '../concurrency/clock.js';
import type { StoreSink } from '../contract/index.js';
import type { Ticker } from '../daemon/ticker.js';
import type { Observer, RunMode } from '../observe/run-events.js';
import type { TransactionFilter } from '../transaction-filter.js';

/** All that a run needs, checked already. */
export interface RunSettings {
  readonly mode: RunMode;
  readonly campaign: string;
  readonly token: string;
  /** Such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  /** ISO 8601 UTC; null: not given. */
  readonly since: string | null;
  readonly filter: TransactionFilter;
  readonly intervalMs: number;
  /** Most requests for contact bodies at a time. */
  readonly requestConcurrency: number;
  /** null: found out while running. */
  readonly contactsPerRequest: number | null;
  readonly leaseMs: number;
  readonly sink: OpenableSink;
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
export function planOf({ filter, sink }: RunSettings): string {
  return `filter=${filter.mode} prefixes=${filter.prefixes.join(',')} ${sink.plan}`.trim();
}

/** What a run is given beside its settings: how it is ended, heard and timed. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly observe: Observer;
  readonly clock: Clock;
  readonly ticker: Ticker;
}
