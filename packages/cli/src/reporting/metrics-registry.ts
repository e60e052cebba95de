import type { BreakerState, DeliveryEvent, Observer, RunTotals } from '@dbsync/core';
import type { DeadLetterKind } from '@dbsync/core/contract';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createControlMetrics } from './control-metrics.js';
import type { Awaited, Backlog, RunFigures } from './metrics-figures.js';

/** The metrics of one run, `dbsync_...`. A label has few values, and none that a contact or an upstream could choose. */
export interface RunMetrics {
  readonly registry: Registry;
  /** The observer that updates the metrics, after that of the figures. */
  readonly observe: Observer;
}

export interface RunMetricsContext {
  readonly figures: RunFigures;
  /** Only known codes become labels; a sink may have others. */
  isKnownCode(code: string): boolean;
  readonly version: string;
}

/** The counters of totals. docs/metrics.md describes them. */
const TOTALS: readonly (readonly [name: string, of: keyof RunTotals, help: string])[] = [
  ['dbsync_contacts_fetched_total', 'contactsFetched', 'Contacts that the API has answered.'],
  ['dbsync_contacts_written_total', 'contactsWritten', 'Contacts committed, each with all that belongs to it.'],
  ['dbsync_inbound_calls_written_total', 'inboundCallsWritten', 'Inbound calls committed.'],
  ['dbsync_rows_inserted_total', 'rowsInserted', 'Rows that were new.'],
  ['dbsync_rows_updated_total', 'rowsUpdated', 'Rows that had changed.'],
  ['dbsync_rows_unchanged_total', 'rowsUnchanged', 'Rows that were compared and left as they were.'],
  ['dbsync_written_bytes_total', 'bytesWritten', 'Bytes sent to the target in writes, estimated.'],
  ['dbsync_api_requests_total', 'apiRequests', 'Requests to the API, retries among them.'],
  ['dbsync_api_retries_total', 'apiRetries', 'Requests that failed and were repeated.'],
  ['dbsync_write_retries_total', 'writeRetries', 'Writes that failed and were repeated.'],
];

const KINDS: Readonly<Record<DeadLetterKind, true>> = {
  entry: true,
  fetch: true,
  contact: true,
  transaction: true,
  connection: true,
  recording: true,
  'inbound-call': true,
  message: true,
};
const AWAITED: readonly Awaited[] = ['api', 'store', 'endpoint'];
const OUTCOMES: readonly Exclude<keyof DeliveryEvent, 'type'>[] = ['accepted', 'failed', 'postponed', 'dead'];
const BREAKER_STATES: readonly BreakerState[] = ['closed', 'unproven', 'down', 'refusing', 'gone'];
const OTHER = 'other';
const CYCLE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export function createRunMetrics({ figures, isKnownCode, version }: RunMetricsContext): RunMetrics {
  const registry = new Registry();
  const registers = [registry];
  registerTotals(registry, figures);
  registerStateGauges(registry, figures);
  registerBacklogGauges(registry, figures);
  registerBreakerGauges(registry, figures);
  const observeControl = createControlMetrics(registry);
  const build = new Gauge({ name: 'dbsync_build_info', help: 'The version.', labelNames: ['version'], registers });
  build.set({ version }, 1);
  const deadLetters = new Counter({
    name: 'dbsync_dead_letters_total',
    help: 'Records set aside as dead letters.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of [...Object.keys(KINDS), OTHER]) deadLetters.inc({ kind }, 0);
  const deliveries = new Counter({
    name: 'dbsync_deliveries_total',
    help: 'Attempts to deliver a message that have ended.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of OUTCOMES) deliveries.inc({ outcome }, 0);
  const waits = new Counter({
    name: 'dbsync_waits_total',
    help: 'Waits, by the error that each began with.',
    labelNames: ['target', 'code'],
    registers,
  });
  const cycles = new Histogram({
    name: 'dbsync_cycle_duration_seconds',
    help: 'How long a cycle took.',
    buckets: CYCLE_SECONDS,
    registers,
  });

  return {
    registry,
    observe: (event) => {
      observeControl(event);
      if (event.type === 'cycle') cycles.observe(event.tookMs / 1000);
      if (event.type === 'delivery') for (const outcome of OUTCOMES) deliveries.inc({ outcome }, event[outcome]);
      if (event.type === 'dead-letter') {
        deadLetters.inc({ kind: Object.hasOwn(KINDS, event.kind) ? event.kind : OTHER });
      }
      if (event.type === 'waiting' && event.attempt === 1) {
        waits.inc({ target: event.for, code: isKnownCode(event.code) ? event.code : OTHER });
      }
    },
  };
}

function registerTotals(registry: Registry, figures: RunFigures): void {
  for (const [name, of, help] of TOTALS) {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(figures.totals[of]);
      },
    });
  }
}

function registerStateGauges(registry: Registry, figures: RunFigures): void {
  const registers = [registry];
  const spans: readonly (readonly [name: string, help: string, ms: () => number | null])[] = [
    ['dbsync_lag_seconds', 'Upper bound of the lag of the copy behind the API.', () => figures.lagMs],
    ['dbsync_last_cycle_age_seconds', 'Time since a cycle was completed.', () => figures.sinceCycleMs],
    ['dbsync_last_listing_age_seconds', 'Time since a listing was completed.', () => figures.sinceListingMs],
  ];
  for (const [name, help, ms] of spans) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        setOrRemove(this, ms());
      },
    });
  }
  new Gauge({
    name: 'dbsync_claim_held',
    help: '1: this process writes the campaign. 0: it is a standby, or has not begun.',
    registers,
    collect() {
      this.set(figures.claim === 'held' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'dbsync_waiting_seconds',
    help: 'How long an error has been in the way; 0: none is.',
    labelNames: ['target'],
    registers,
    collect() {
      for (const target of AWAITED) this.set({ target }, figures.waitingMs(target) / 1000);
    },
  });
}

function registerBacklogGauges(registry: Registry, figures: RunFigures): void {
  const gauges: readonly (readonly [name: string, help: string, value: (backlog: Backlog) => number])[] = [
    ['dbsync_backlog_messages', 'Messages that wait to be delivered.', ({ messages }) => messages],
    ['dbsync_backlog_contacts', 'Contacts that messages wait for.', ({ contacts }) => contacts],
    ['dbsync_backlog_oldest_age_seconds', 'How long the oldest message waits.', ({ oldestMs }) => oldestMs / 1000],
  ];
  for (const [name, help, value] of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const { backlog } = figures;
        if (backlog === null) this.remove();
        else this.set(value(backlog));
      },
    });
  }
}

function registerBreakerGauges(registry: Registry, figures: RunFigures): void {
  const registers = [registry];
  new Gauge({
    name: 'dbsync_breaker_state',
    help: '1: this is the state of the circuit breaker of deliveries.',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset();
      const breaker = figures.breaker();
      if (breaker) for (const state of BREAKER_STATES) this.set({ state }, state === breaker.state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'dbsync_breaker_next_try_seconds',
    help: 'Time until the next delivery is tried while the breaker is open; 0: it is closed, or one is due.',
    registers,
    collect() {
      setOrRemove(this, figures.breaker()?.nextTryInMs ?? null);
    },
  });
}

/** Removes a gauge whose value is unknown: a 0 would be wrong, and hide an alert. */
function setOrRemove(gauge: Gauge, ms: number | null): void {
  if (ms === null) gauge.remove();
  else gauge.set(ms / 1000);
}
