import type { SchemaChange, SinkNotice, WriteResult } from '../contract/index.js';

/** The parts of a run that make progress on their own. */
export type StreamPart = 'events' | 'listing' | 'inbound' | 'backfill';

/**
 * The one typed stream that logs, metrics, progress bars and status are drawn from. Instants are ISO 8601 UTC.
 * No event holds a secret.
 */
export type RunEvent =
  | {
      readonly type: 'started';
      readonly mode: RunMode;
      readonly campaign: string;
      readonly target: string;
      readonly plan: string;
    }
  | { readonly type: 'claimed'; readonly epoch: bigint }
  /** Another process holds the stream; this one stands by. */
  | { readonly type: 'standby'; readonly holder: string; readonly expiresInMs: number }
  | { readonly type: 'schema'; readonly changes: readonly SchemaChange[] }
  /**
   * A listing is read, or compared with the store: told page by page, because a large one takes minutes before anything is
   * to be fetched. It begins with 0 contacts read.
   */
  | {
      readonly type: 'survey';
      readonly part: StreamPart;
      readonly step: 'read' | 'compared';
      readonly contacts: number;
      /** Of a listing that has been read; null before. */
      readonly of: number | null;
    }
  /** A part has found out how much there is to do. */
  | { readonly type: 'listed'; readonly part: StreamPart; readonly contacts: number }
  | ProgressEvent
  | {
      readonly type: 'part-done';
      readonly part: StreamPart;
      readonly contacts: number;
      readonly tookMs: number;
      readonly until: string | null;
    }
  | CycleEvent
  /** Something is being waited for; sent at 0 s, 1 min, 10 min, then hourly, louder each time. */
  | {
      readonly type: 'waiting';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly for: Awaited;
      readonly code: string;
      readonly message: string;
      readonly waitedMs: number;
      readonly attempt: number;
    }
  | { readonly type: 'recovered'; readonly for: Awaited; readonly afterMs: number }
  | BehindEvent
  /** The copy is no longer behind. */
  | { readonly type: 'caught-up'; readonly afterMs: number }
  | DeliveryEvent
  | BacklogEvent
  | BreakerEvent
  | {
      readonly type: 'dead-letter';
      readonly kind: string;
      readonly contactId: string | null;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly type: 'notice'; readonly level: SinkNotice['level']; readonly code: string; readonly message: string }
  | { readonly type: 'stopping'; readonly reason: string }
  | { readonly type: 'stopped'; readonly summary: RunSummary };

/** What a run may have to wait for; `endpoint`: the target of deliveries. */
export type Awaited = 'api' | 'store' | 'endpoint';

/** What a run does; the names are those of the command line. */
export type RunMode = 'db_init' | 'db_update' | 'db_sync' | 'webhook';

/** Sent after each committed batch. Totals are of the run so far. */
export interface ProgressEvent {
  readonly type: 'progress';
  readonly part: StreamPart;
  /** Contacts, or inbound calls, of this part committed so far, out of those to fetch (null: not known yet). */
  readonly done: number;
  readonly of: number | null;
  readonly batch: WriteResult;
  readonly totals: RunTotals;
}

/** The copy is further behind than it may be; sent at once, after a minute and ten minutes, then hourly, louder each time. */
export interface BehindEvent {
  readonly type: 'behind';
  readonly level: 'warn' | 'error';
  readonly code: 'COPY_BEHIND';
  /** The part that is furthest behind. */
  readonly part: StreamPart;
  /** Since its watermark, or since its last completed round where that is longer ago. */
  readonly lagMs: number;
  /** A lag up to this is not told. */
  readonly allowedMs: number;
  /** The last error that was waited for and has not been overcome; null: none was reported. */
  readonly trouble: Trouble | null;
}

/** An error that stands in the way. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** Ends of delivery attempts, sent once they are committed. */
export interface DeliveryEvent {
  readonly type: 'delivery';
  readonly accepted: number;
  /** To be tried again. */
  readonly failed: number;
  /** To be tried again, and not counted: the target was down, or nobody knows how they ended. */
  readonly postponed: number;
  /** Given up: dead letters. */
  readonly dead: number;
}

/** What waits to be delivered: once a minute while something does, or did. */
export interface BacklogEvent {
  readonly type: 'backlog';
  readonly messages: number;
  readonly contacts: number;
  /** How long the oldest one has waited; null: none waits. */
  readonly oldestMs: number | null;
  /** Since the event of this type before. */
  readonly ended: Omit<DeliveryEvent, 'type'>;
}

/** Whether deliveries go out, and why not: as they begin, and whenever it changes. */
export interface BreakerEvent {
  readonly type: 'breaker';
  /** `closed`: they go out. Otherwise one is tried now and then: see docs/correctness.md, R31. */
  readonly state: BreakerState;
  /** Until the next one is tried; null: nothing holds them back. */
  readonly nextTryInMs: number | null;
}

/** What the circuit breaker of deliveries knows about the target as a whole. */
export type BreakerState = 'closed' | 'unproven' | 'down' | 'refusing' | 'gone';

/** Once a cycle, for the one line in the log. A cycle has ended when each of its jobs has run; one that hangs is not waited for. */
export interface CycleEvent {
  readonly type: 'cycle';
  readonly tookMs: number;
  /** Committed since the cycle before, by whatever part of the run, also where no row of theirs had changed. */
  readonly contacts: number;
  /** New or changed. */
  readonly inboundCalls: number;
  /** Inserted or updated. */
  readonly rows: number;
  /** Between the API's now and the events watermark, or that of inbound calls where it is further behind; null before the first window is complete. */
  readonly lagMs: number | null;
  /** In the first cycle of a day: the copy holds only what happened from then on, and no `db_init` has filled it in. */
  readonly onlySince?: string;
  /** Of mode webhook: how deliveries stand. */
  readonly deliveries?: DeliveryStatus;
  readonly totals: RunTotals;
}

/** How deliveries stand. */
export type DeliveryStatus =
  /** The target takes deliveries, or nothing is known against it. */
  | { readonly state: 'up' }
  /** Nothing is sent but a try now and then. `unproven`: the target has never accepted anything. */
  | { readonly state: 'down' | 'refusing' | 'gone' | 'unproven'; readonly forMs: number; readonly nextTryInMs: number }
  /** An operator has paused deliveries. */
  | { readonly state: 'paused'; readonly by: string; readonly forMs: number };

/** Counts since the start of the run. */
export interface RunTotals {
  /** Named by the last listing that was read to its end, fetched and committed. */
  readonly contactsListed: number;
  readonly contactsFetched: number;
  /** Committed whole, also where no row of theirs had changed. */
  readonly contactsWritten: number;
  /** New or changed; those that are read again and are as before do not count. */
  readonly inboundCallsWritten: number;
  readonly rowsInserted: number;
  readonly rowsUpdated: number;
  readonly rowsUnchanged: number;
  readonly bytesWritten: number;
  readonly deadLetters: number;
  readonly apiRequests: number;
  readonly apiRetries: number;
  readonly writeRetries: number;
}

/** What a run did, told as it ends. */
export interface RunSummary {
  readonly mode: RunMode;
  readonly tookMs: number;
  readonly totals: RunTotals;
}

/** Receives each event at once, in order; what it throws ends the run. */
export type Observer = (event: RunEvent) => void;
