import type { ContactLanes } from '../concurrency/contact-lanes.js';
import type { LearnedDeadlines } from '../concurrency/learned-deadline.js';
import type { ReadOrder } from '../concurrency/read-order.js';
import type { Semaphore } from '../concurrency/semaphore.js';
import type { Claim, StoreSink } from '../contract/index.js';
import type { CallTwins } from '../discover/call-twins.js';
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
import type { ProgressKeeper } from './progress-keeper.js';
import type { RunContext, RunSettings } from './run-settings.js';

/**
 * All that lasts as long as one claim. When the claim is lost the session ends, and with it everything that memory
 * believes about the store (R10): lines seen, versions, progress.
 */
export interface Session {
  readonly settings: RunSettings;
  readonly context: RunContext;
  readonly store: StoreSink;
  readonly claim: Claim;
  readonly api: ApiClient;
  /** The options for reading listings: an unreadable entry becomes a dead letter. */
  readonly reading: PageOptions;
  readonly writer: BatchWriter;
  readonly deadLetters: DeadLetterContext;
  readonly progress: ProgressKeeper;
  readonly pipeline: ContactPipeline;
  readonly lanes: ContactLanes;
  readonly knownLines: KnownLines;
  readonly wanted: WantedContacts;
  readonly replaced: ReplacedVersions;
  /** Shared by writes and reads of versions, held alone to declare fields. */
  readonly storeGate: Semaphore;
  /** Keeps an inbound call from going back in time when both the live reading and a back-fill bring it (R9). */
  readonly inboundOrder: ReadOrder;
  readonly endedCalls: EndedCalls;
  readonly callTwins: CallTwins;
  /** Deadlines for calls to the store whose usual time is not known: none of them hangs for ever. */
  readonly deadlines: LearnedDeadlines;
  readonly tally: RunTally;
  readonly observe: Observer;
  /** True where the stream had no progress when the claim began. */
  readonly isNew: boolean;
  /** Ends requests, and begins no new work: the run is being stopped, a part of it failed, or the claim is lost. */
  readonly stop: AbortSignal;
  /** Ends writes too: the claim is lost, or a stop, requested or caused by a failure, has taken too long. */
  readonly halt: AbortSignal;
  /** Called when a part of the work failed: all other parts end promptly, and the session ends with this error. */
  readonly abandon: (error: unknown) => void;
}
