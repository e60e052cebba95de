export { type Clock, systemClock } from './concurrency/clock.js';
export { clockTicker, processTicker, type Ticker } from './daemon/ticker.js';
export { DbsyncError, isDbsyncError } from './dbsync-error.js';
export { type AttemptSchedule, DEFAULT_SCHEDULE, parseAttemptSchedule } from './deliver/attempt-schedule.js';
export type { SendingRate } from './deliver/token-bucket.js';
export { type ErrorCodeName, errorCodes } from './error-codes.js';
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
export { knownAuthorities } from './fetch/known-authorities.js';
export type { CleanContact, FieldRules, RecordKind } from './field-rules.js';
export { makeFolder } from './make-folder.js';
export { lateAfterMs } from './observe/lateness.js';
export { createRedactor, type Redactor } from './observe/redaction.js';
export type * from './observe/run-events.js';
export { NO_TOTALS } from './observe/run-totals.js';
export type { DetailsWish } from './outbox/attempt-queries.js';
export type {
  DeliveryAct,
  DeliverySelection,
  Pausing,
  RecordedAct,
  TargetState,
} from './outbox/delivery-acts.js';
export type { ControlState, DeliveryControl } from './outbox/delivery-control.js';
export type {
  AttemptEnd,
  Backlog,
  DeliveryQueue,
  Failure,
  Obeyed,
  Outcome,
  ReplayAnswer,
  SettleOptions,
  TakenMessage,
  TakeOptions,
} from './outbox/delivery-queue.js';
export type { DeliveryReport } from './outbox/delivery-report.js';
export { createOutbox, type Outbox, type OutboxOptions } from './outbox/outbox.js';
export type {
  AcceptedDelivery,
  DeliveryDetails,
  DeliveryIdentity,
  DeliverySummary,
  LoggedAttempt,
  WaitingContact,
  WaitingDelivery,
} from './outbox/reported-deliveries.js';
export { type InstalledPlugins, listSinkPlugins, type SinkPlugin, type UnusablePlugin } from './plugins/find-plugin.js';
export { guardEndpoint } from './plugins/guarded-endpoint.js';
export { guardStore } from './plugins/guarded-store.js';
export {
  type LoadedEndpoint,
  type LoadedSink,
  type LoadedStore,
  loadSink,
  type SinkWish,
} from './plugins/load-sink.js';
export { run } from './runs/run.js';
export type { DeliverySettings, OpenableSink, RunContext, RunSettings } from './runs/run-settings.js';
export type { TransactionFilter } from './transaction-filter.js';
export { createFieldRules, type FieldWishes } from './transform/create-field-rules.js';
