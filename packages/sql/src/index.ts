export { createYield, knownAuthorities } from '@dbsync/core/sink-kit';
export { createSqlSink } from './create-sql-sink.js';
export { isLocalHost, textOption } from './engine/address-options.js';
export { type ConnectionLimit, limitFinding } from './engine/connection-limit.js';
export { ALONE, type PlaceSizes, placeCount, sharedSizes } from './engine/connection-places.js';
export type { CommentKeeper, EngineComments, FoundComment } from './engine/engine-comments.js';
export {
  type BuildIndex,
  type EngineIndexing,
  type IndexStatement,
  isIndexName,
  otherIndexName,
} from './engine/engine-indexing.js';
export type { DeniedCall, EngineRights, LackingRights } from './engine/engine-rights.js';
export type { ViewDialect, ViewKeeper } from './engine/engine-views.js';
export {
  classifierBy,
  type ErrorClassifier,
  type ErrorLists,
  type ErrorVerdict,
  isMistake,
} from './engine/error-classifier.js';
export { exposureOf } from './engine/exposure-notice.js';
export { createKeptStages, type StageMaker, type StageStatements } from './engine/kept-stages.js';
export {
  type ConnectionEvents,
  createLendingServer,
  type LendingOptions,
  type LendingPool,
  type LendingServer,
  type LongWork,
} from './engine/lending-pool.js';
export type { LendableConnections, Loan } from './engine/lent-connections.js';
export { createLentDialect, type LentDialectParts } from './engine/lent-dialect.js';
export type { Obstacle } from './engine/obstacle.js';
export { quietAfterAbort } from './engine/quiet-dialect.js';
export { readyWithin } from './engine/ready-within.js';
export { type ConnectionLosses, createConnectionLosses, type SessionLosses } from './engine/session-losses.js';
export type {
  EngineLimits,
  EngineSchema,
  EngineSession,
  EngineTypes,
  ExpectedServer,
  Exposure,
  HealthOptions,
  SqlEngine,
  TypeSpelling,
} from './engine/sql-engine.js';
export { readSettings, type SqlSettings } from './engine/sql-settings.js';
export { createStageRegistry, type StageRegistry } from './engine/stage-registry.js';
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
} from './engine/storage.js';
export type { SyncTables } from './engine/sync-tables.js';
export type { ColumnDescription, ForeignKey, TableDescription } from './engine/table-description.js';
export type { TlsChoice } from './engine/tls-choice.js';
export { readOptionFile } from './engine/tls-files.js';
export type {
  Guard,
  RowSource,
  TableRows,
  TakenKey,
  UpsertAnswer,
  UpsertBatch,
  UpsertColumn,
  UpsertTable,
} from './engine/upsert-batch.js';
export { aboutView, isAboutView } from './engine/view-errors.js';
export { errorCodes } from './error-codes.js';
export { createSqlTestTargets } from './sql-test-targets.js';
