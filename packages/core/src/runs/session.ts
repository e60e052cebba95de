import type { ContactLanes } from '../concurrency/contact-lanes.js';
import type { LearnedDeadlines } from '../concurrency/learned-deadline.js';
import type { ReadOrder } from '../concurrency/read-order.js';
import type { Semaphore } from '../concurrency/semaphore.js';
import type { Claim, StoreSink } from '../contract/index.js';
import type { DuplicateCallIds } from '../discover/duplicate-call-ids.js';
import type { EndedCalls } from '../discover/ended-calls.js';
import type { KnownLines } from '../discover/known-lines.js';
import type { ReplacedVersions } from '../discover/replaced-versions.js';
import type { WantedContacts } from '../discover/wanted-contacts.js';
import type { BatchWriter } from '../emit/batch-writer.js';
import type { ApiClient } from '../fetch/api-client.js';
import type { PageOptions } from '../fetch/cursor-pages.js';
import type { Observer } from '../observe/run-events.js';
import type { RunTally } from '../observe/run-totals.js';
import type { DeadLetterContext } from '../records/new-dead-letter.js';
import type { ContactPipeline } from './contact-pipeline.js';
import type { Md5Distrust } from './md5-distrust.js';
import type { ProgressKeeper } from './progress-keeper.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** The part of a session that every step knows: the order, the claim, the progress, and the signals that end it. */
export interface SessionFrame {
  readonly settings: RunSettings;
  readonly context: RunContext;
  readonly claim: Claim;
  readonly progress: ProgressKeeper;
  readonly tally: RunTally;
  readonly observe: Observer;
  /** True where the stream had no progress when the claim began. */
  readonly isNew: boolean;
  /** The monotonic time at which the stream begins if it is new (R28). */
  readonly newSinceMs: number;
  /** Ends requests, and begins no new work: the run is being stopped, a part of it failed, or the claim is lost. */
  readonly stop: AbortSignal;
  /** Ends writes too: the claim is lost, or a stop, requested or caused by a failure, has taken too long. */
  readonly halt: AbortSignal;
  /** Called when a part of the work failed: all other parts end promptly, and the session ends with this error. */
  readonly abandon: (error: unknown) => void;
}

/** The part for steps that ask the store. */
export interface StoreSession extends SessionFrame {
  readonly store: StoreSink;
  /** Shared by writes and reads of versions, held alone to declare fields. */
  readonly storeGate: Semaphore;
  /** Deadlines for calls to the store whose usual time is not known: none of them hangs for ever. */
  readonly deadlines: LearnedDeadlines;
}

/** The part for steps that read the API and send contacts through the pipeline. */
export interface ReadingSession extends StoreSession {
  readonly api: ApiClient;
  /** The options for reading listings: an unreadable entry becomes a dead letter. */
  readonly reading: PageOptions;
  readonly pipeline: ContactPipeline;
  readonly wanted: WantedContacts;
  readonly knownLines: KnownLines;
  readonly replaced: ReplacedVersions;
  readonly md5Distrust: Md5Distrust;
}

/** The part for steps that write or remove records themselves, without the pipeline. */
export interface WritingSession extends StoreSession {
  readonly writer: BatchWriter;
  readonly deadLetters: DeadLetterContext;
  readonly lanes: ContactLanes;
  readonly wanted: WantedContacts;
}

/** The part for steps that copy inbound calls. */
export interface CallSession extends ReadingSession, WritingSession {
  /** Keeps an inbound call from going back in time when both the live reading and a back-fill bring it (R9). */
  readonly inboundOrder: ReadOrder;
  readonly endedCalls: EndedCalls;
  readonly duplicateCallIds: DuplicateCallIds;
}

/**
 * All that lasts as long as one claim. When the claim is lost the session ends, and with it everything that memory
 * believes about the store (R10): lines seen, versions, progress. A step takes the part that it needs.
 */
export type Session = CallSession;
