export type { Backfill, Batch, Progress, Stream, WriteResult } from './batch.js';
export type { BuildStep, BulkLoading } from './bulk-loading.js';
export type { CallOptions, Finding } from './call-options.js';
export type { Claim, ClaimAnswer, ClaimOptions, LeaseHolder, ProcessIdentity } from './claim.js';
export type { ConnectionNode, ContactTree, InboundCall, RecordingNode, TransactionNode } from './contact-tree.js';
export { type DeadLetter, type DeadLetterKind, readDeadLetterKind } from './dead-letter.js';
export type {
  DeliverOptions,
  EndpointSink,
  Fault,
  Message,
  ShownRequest,
  TargetAnswer,
  Verdict,
} from './endpoint-sink.js';
export {
  contactOfCall,
  contactOfLetter,
  type ErasedContact,
  type ErasedCounts,
  type Erasure,
  type ErasureOptions,
  withoutForgotten,
} from './erasure.js';
export { type ErrorCode, type ErrorCodes, isSinkError, SinkError, type SinkErrorDetails } from './errors.js';
export type { Explaining, StoredContact, StoredRecord } from './explaining.js';
export type { Filling, FillStep } from './filling.js';
export type { IndexesBuilt, Indexing, IndexingOptions } from './indexing.js';
export {
  canonicalJson,
  type Digits,
  digits,
  type Fields,
  fieldOf,
  isDigits,
  isFields,
  type Json,
  jsonText,
  setField,
} from './json.js';
export { jsonOrNull } from './json-or-null.js';
export type { ContactAtVersion, ContactNote, DeletionMark, HeldContact, Mirroring } from './mirroring.js';
export { actOfRequest, actOnContacts, type Operator, type OperatorAct, withoutContacts } from './operator-act.js';
export { parseJson } from './parse-json.js';
export { parseProgress } from './progress.js';
export { readProcessIdentity } from './read-process.js';
export { REQUEST_BYTES, readStoreRequest, requestFault } from './read-request.js';
export type { KeptHeartbeat, Reporting, RowCount, StreamFacts, WaitingDeliveries } from './reporting.js';
export { NESTED_KEYS, type Row, type RowTable, rowsOfContact } from './rows.js';
export type { Field, PlannedChange, PlannedChanges, PlannedObstacle, SchemaChange } from './schema-change.js';
export {
  type CreateSink,
  type OptionValue,
  SINK_API,
  type SinkAddress,
  type SinkManifest,
  type SinkNotice,
  type SinkOption,
  type SinkShare,
  type SinkTarget,
} from './sink-plugin.js';
export type { DropGoneRequest, RefetchCallsRequest, ReplayRequest, StoreRequest } from './store-request.js';
export type { ContactVersion, SinkConnections, StoreLimits, StoreSink, StreamState } from './store-sink.js';
export type {
  AgentSummary,
  AgentSums,
  CallSummary,
  HourOfCalls,
  InboundSums,
  NamedCount,
  Summarising,
  SummaryRequest,
} from './summarising.js';
export type { CreateTestTargets, TestPlace, TestRow, TestTargets } from './testing.js';
export type {
  CellDifference,
  CompareOptions,
  Difference,
  ExpectedContact,
  Orphan,
  RowDifference,
  StoredRecords,
  Verifying,
} from './verifying.js';
export type { ReportView, Viewing, ViewRequest } from './viewing.js';
