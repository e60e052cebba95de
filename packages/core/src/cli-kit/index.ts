/** The parts of core that the command needs beside the embedding API. They may change with every release. */

export { withDeadline } from '../concurrency/deadline.js';
export { repeat } from '../concurrency/repeat.js';
export { createSemaphore, type Semaphore } from '../concurrency/semaphore.js';
export { quotedForShell } from '../errors/quoted-for-shell.js';
export { createUrlClient, type UrlClient, type UrlRequest } from '../fetch/url-client.js';
export { decoded } from '../network/decoded.js';
export {
  commandToClose,
  isFolderOfOthers,
  mayOthers,
  ownSurroundings,
  type Permissions,
  type Surroundings,
} from '../network/exposed-file.js';
export { homeFolder } from '../network/home-folder.js';
export { knownAuthorities } from '../network/known-authorities.js';
export { lateAfterMs } from '../observe/lateness.js';
export { createRedactor, type Redactor } from '../observe/redaction.js';
export { NO_TOTALS } from '../observe/run-totals.js';
export type { ControlState } from '../outbox/delivery-control.js';
export type {
  DeliveryAct,
  DeliverySelection,
  Pausing,
  RecordedAct,
  TargetState,
} from '../outbox/faces/delivery-acts.js';
export type { Failure as DeliveryFailure } from '../outbox/faces/delivery-queue.js';
export type {
  AcceptedDelivery,
  DeliveryDetails,
  DeliveryIdentity,
  DeliverySummary,
  LoggedAttempt,
  WaitingContact,
  WaitingDelivery,
} from '../outbox/faces/reported-deliveries.js';
export { makeFolder } from '../outbox/file/make-folder.js';
export { hasOutbox, lookAtOutbox, type OutboxLook } from '../outbox/look-at-outbox.js';
export { readStateFile } from '../outbox/outbox-reporting.js';
export type { DeliveryDetailsSelection } from '../outbox/report/attempt-queries.js';
export {
  type InstalledPlugins,
  listSinkPlugins,
  type SinkPlugin,
  type UnusablePlugin,
} from '../plugins/find-plugin.js';
export { loadTestedStore, type TestedStore } from '../plugins/load-tested-store.js';
export { type AllMembers, onlyMembersOf, partOf } from '../plugins/wrapped-store.js';
export type { CallStretch, DifferingCall } from '../runs/compare-calls.js';
export { type LetterHead, storedDeadLetterPages, storedDeadLetters } from '../runs/dead-letter-pages.js';
export { type DropGoneOptions, dropGone, type GoneContacts, goneContacts } from '../runs/drop-gone.js';
export {
  type ExplainedApi,
  explainApi,
  type LeftOutTransaction,
  newestOf,
  type ThereInApi,
} from '../runs/explain-api.js';
export {
  type ContactExplanation,
  type ExplainOptions,
  type ExplainVerdict,
  explainContact,
} from '../runs/explain-contact.js';
export {
  type DeliveriesExplanation,
  type DeliveriesVerdict,
  type ExplainedTransaction,
  explainDeliveries,
} from '../runs/explain-deliveries.js';
export { listContactIds } from '../runs/list-contact-ids.js';
export { MAILBOX_WAIT } from '../runs/mailbox-wait.js';
export { type PlannedRequests, planStart, type StartPlan } from '../runs/plan-start.js';
export type { PlannedBackfill, PlannedWindow } from '../runs/planned-window.js';
export { type CampaignStatus, isHeldBack, readDeferredChanges, readStatus } from '../runs/read-status.js';
export { type RecordsToFetch, recordsToFetch } from '../runs/records-to-fetch.js';
export { type RefetchOptions, type RefetchReport, refetchContacts } from '../runs/refetch-contacts.js';
export { createRunNews } from '../runs/run-news.js';
export { planOf } from '../runs/run-settings.js';
export type { ConfirmedDifferences } from '../runs/second-look.js';
export { type VerifyOptions, type VerifyProgress, type VerifyReport, verifyCopy } from '../runs/verify-copy.js';
export type { Suspect as VerifiedDifference } from '../runs/verify-desk.js';
