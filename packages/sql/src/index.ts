export { isLocalHost, textOption } from './address-options.js';
export { createSqlSink } from './create-sql-sink.js';
export { errorCodes } from './error-codes.js';
export { exposureOf } from './exposure-notice.js';
export type { Obstacle } from './obstacle.js';
export { quietAfterAbort } from './quiet-dialect.js';
export { type ConnectionLosses, createConnectionLosses, type SessionLosses } from './session-losses.js';
export type {
  EngineLimits,
  EngineSchema,
  EngineSession,
  EngineTypes,
  ExpectedServer,
  Exposure,
  SqlEngine,
  TypeSpelling,
} from './sql-engine.js';
export { readSettings, type SqlSettings } from './sql-settings.js';
export type {
  Cell,
  ColumnKind,
  ColumnTypes,
  FormerType,
  InstantStorage,
  NumberStorage,
  Storage,
  TextStorage,
  UnknownStorage,
} from './storage.js';
export type { SyncTables } from './sync-tables.js';
export type { ColumnDescription, ForeignKey, TableDescription } from './table-description.js';
export { knownAuthorities, readOptionFile } from './tls-files.js';
export { createTurns } from './turns.js';
export { unlessAborted } from './unless-aborted.js';
export type {
  Guard,
  RowSource,
  TableRows,
  TakenKey,
  UpsertAnswer,
  UpsertBatch,
  UpsertColumn,
  UpsertTable,
} from './upsert-batch.js';
