export { type Clock, systemClock } from './concurrency/clock.js';
export { DbsyncError, isDbsyncError } from './dbsync-error.js';
export { type ErrorCodeName, errorCodes } from './error-codes.js';
export type * from './observe/run-events.js';
export type { OpenableSink, RunContext, RunSettings } from './runs/run-settings.js';
export type { TransactionFilter } from './transaction-filter.js';
