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
 * All that holds while one claim holds. When the claim is lost the session ends, and with it everything that memory
 * believes of the store (R10): lines seen, versions, progress.
 */
export interface Session {
  readonly settings: RunSettings;
  readonly context: RunContext;
  readonly store: StoreSink;
  readonly claim: Claim;
  readonly api: ApiClient;
  /** For listings: what no one can read of them becomes a dead letter. */
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
  /** Keeps an inbound call from going back in time where the live reading and a back-fill bring it both (R9). */
  readonly inboundOrder: ReadOrder;
  readonly endedCalls: EndedCalls;
  readonly callTwins: CallTwins;
  /** For calls to the store whose usual time is not known: none of them hangs for ever. */
  readonly deadlines: LearnedDeadlines;
  readonly tally: RunTally;
  readonly observe: Observer;
  /** The stream had no progress when the claim began. */
  readonly isNew: boolean;
  /** No new work: somebody asked the run to stop, a part of it failed, or the claim is lost. Ends requests. */
  readonly stop: AbortSignal;
  /** Ends writes too: the claim is lost, or a stop, asked for or by a failure, has taken too long. */
  readonly halt: AbortSignal;
  /** A part of the work failed: all other parts end too, promptly, and the session with this error. */
  readonly abandon: (error: unknown) => void;
}
