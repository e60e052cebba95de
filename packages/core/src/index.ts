export { type Clock, systemClock } from './concurrency/clock.js';
export { clockTicker, processTicker, type Ticker } from './daemon/ticker.js';
export { type AttemptSchedule, DEFAULT_ATTEMPT_SCHEDULE, parseAttemptSchedule } from './deliver/attempt-schedule.js';
export type { SendingRate } from './deliver/token-bucket.js';
export { DbsyncError, isDbsyncError } from './errors/dbsync-error.js';
export { type ErrorCodeName, errorCodes } from './errors/error-codes.js';
export { ApiFault } from './fetch/api-fault.js';
export {
  type ApiRequest,
  createHttpTransport,
  type HttpAnswer,
  type HttpTransport,
  type Transfer,
  type TransferLimits,
  type TransportSettings,
} from './fetch/http-transport.js';
export type {
  Awaited,
  BacklogEvent,
  BehindEvent,
  BreakerEvent,
  BreakerState,
  CycleEvent,
  DeliveryEvent,
  DeliveryStatus,
  Observer,
  ProgressEvent,
  RunEvent,
  RunMode,
  RunSummary,
  RunTotals,
  StreamPart,
  Trouble,
} from './observe/run-events.js';
export type { DeliveryControl } from './outbox/delivery-control.js';
export type { DeliveryReport } from './outbox/delivery-report.js';
export type { DeliveryQueue } from './outbox/faces/delivery-queue.js';
export { createOutbox, type Outbox, type OutboxOptions } from './outbox/outbox.js';
export { guardEndpoint } from './plugins/guarded-endpoint.js';
export { guardStore } from './plugins/guarded-store.js';
export {
  type LoadedEndpoint,
  type LoadedSink,
  type LoadedStore,
  type LoadSinkOptions,
  loadSink,
} from './plugins/load-sink.js';
export type { FieldRules } from './records/field-rules.js';
export type { TransactionFilter } from './records/transaction-filter.js';
export { run } from './runs/run.js';
export type { DeliverySettings, OpenableSink, RunContext, RunSettings } from './runs/run-settings.js';
export { createRunShare, type RunShare, type RunShareLimits, type SharedConnections } from './runs/run-share.js';
export { createFieldRules, type FieldRuleOptions } from './transform/create-field-rules.js';
