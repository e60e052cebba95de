import type { BuildStep, FillStep, SchemaChange, SinkNotice, WriteResult } from '../contract/index.js';

/** The parts of a run that make progress independently of each other. */
export type StreamPart = 'events' | 'listing' | 'inbound' | 'backfill';

/**
 * The events of a run. Logs, metrics, progress bars and status are made from this one typed stream. Instants are ISO
 * 8601 UTC. No event holds a secret.
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
  /** The keys and indexes of a first copy are built; sent when each step begins. */
  | ({ readonly type: 'building' } & BuildStep)
  /** Stored records are filled, in fields that got their room later; sent when a kind begins and ends, and once a minute. */
  | ({ readonly type: 'filling' } & FillStep)
  /**
   * A listing is read, or compared with the store. The event is sent for each page, because a large listing takes
   * minutes before any contact can be fetched. It begins with 0 contacts read.
   */
  | {
      readonly type: 'survey';
      readonly part: StreamPart;
      readonly step: 'read' | 'compared';
      readonly contacts: number;
      /** The number of contacts in a listing that has been read; null before. */
      readonly of: number | null;
    }
  /** A part has found out how many contacts it has to handle. */
  | { readonly type: 'listed'; readonly part: StreamPart; readonly contacts: number }
  | ProgressEvent
  /** A batch has committed these contacts whole, even if no row of theirs had changed. Sent for each batch that has any. */
  | { readonly type: 'written'; readonly contactIds: readonly string[] }
  | {
      readonly type: 'part-done';
      readonly part: StreamPart;
      readonly contacts: number;
      readonly tookMs: number;
      readonly until: string | null;
    }
  | CycleEvent
  /** The run waits; sent at 0 s, 1 min, 10 min, then hourly, with a rising level. */
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

/** The other side for which a run may have to wait; `endpoint`: the target of deliveries. */
export type Awaited = 'api' | 'store' | 'endpoint';

/** The task of a run; the names are those of the command line. */
export type RunMode = 'db_init' | 'db_update' | 'db_sync' | 'webhook';

/** Sent after each committed batch. Totals count from the start of the run. */
export interface ProgressEvent {
  readonly type: 'progress';
  readonly part: StreamPart;
  /** The contacts, or inbound calls, of this part committed so far, and the number to fetch (null: not known yet). */
  readonly done: number;
  readonly of: number | null;
  readonly batch: WriteResult;
  readonly totals: RunTotals;
}

/**
 * The copy is further behind than allowed; sent at once, after a minute and ten minutes, then hourly, with a rising
 * level.
 */
export interface BehindEvent {
  readonly type: 'behind';
  readonly level: 'warn' | 'error';
  readonly code: 'COPY_BEHIND';
  /** The part that is furthest behind. */
  readonly part: StreamPart;
  /** The time since the part's watermark, or since its last completed round if that is longer ago. */
  readonly lagMs: number;
  /** A lag up to this is not reported. */
  readonly allowedMs: number;
  /** The last error that the run waited for and that still lasts; null: none was reported. */
  readonly trouble: Trouble | null;
}

/** An error that prevents progress. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** Ends of delivery attempts, sent once they are committed. */
export interface DeliveryEvent {
  readonly type: 'delivery';
  readonly accepted: number;
  /** Failed attempts; their messages are sent again. */
  readonly failed: number;
  /**
   * Attempts that do not count, since the target was down or their result is unknown; their messages are sent again.
   */
  readonly postponed: number;
  /** Messages that were given up: dead letters. */
  readonly dead: number;
}

/** The messages that wait to be delivered; sent once a minute while messages wait, or did. */
export interface BacklogEvent {
  readonly type: 'backlog';
  readonly messages: number;
  readonly contacts: number;
  /** The time for which the oldest message has waited; null: no message waits. */
  readonly oldestMs: number | null;
  /** The ends of attempts since the previous event of this type. */
  readonly ended: Omit<DeliveryEvent, 'type'>;
}

/** Reports whether deliveries are sent, and if not, why. It is sent when deliveries begin, and with each change. */
export interface BreakerEvent {
  readonly type: 'breaker';
  /** `closed`: deliveries are sent. Otherwise only one is tried now and then: see docs/correctness.md, R31. */
  readonly state: BreakerState;
  /** The time until the next try; null: deliveries are not held back. */
  readonly nextTryInMs: number | null;
}

/** The state of the target as a whole, as the circuit breaker of deliveries knows it. */
export type BreakerState = 'closed' | 'unproven' | 'down' | 'refusing' | 'gone';

/**
 * Sent once a cycle, for one line in the log. A cycle has ended when each of its jobs has run; a job that hangs does
 * not delay it.
 */
export interface CycleEvent {
  readonly type: 'cycle';
  readonly tookMs: number;
  /** Contacts committed since the cycle before, by any part of the run, even if no row of theirs had changed. */
  readonly contacts: number;
  /** Inbound calls that are new or changed. */
  readonly inboundCalls: number;
  /** Rows inserted or updated. */
  readonly rows: number;
  /**
   * The time between the API's now and the events watermark, or the watermark of inbound calls if that is further
   * behind; null before the first window is complete.
   */
  readonly lagMs: number | null;
  /**
   * Sent in the first cycle of a day: the copy holds only events from this instant on, and no `db_init` has filled in
   * the earlier ones.
   */
  readonly onlySince?: string;
  /** The state of deliveries, in mode webhook. */
  readonly deliveries?: DeliveryStatus;
  readonly totals: RunTotals;
}

/** The state of deliveries. */
export type DeliveryStatus =
  /** The target takes deliveries, or dbsync knows nothing against it. */
  | { readonly state: 'up' }
  /** dbsync sends only a try now and then. `unproven`: the target has never accepted a message. */
  | { readonly state: 'down' | 'refusing' | 'gone' | 'unproven'; readonly forMs: number; readonly nextTryInMs: number }
  /** An operator has paused deliveries. */
  | { readonly state: 'paused'; readonly by: string; readonly forMs: number };

/** Counts since the start of the run. */
export interface RunTotals {
  /** Contacts that the last completely read listing named, all fetched and committed. */
  readonly contactsListed: number;
  readonly contactsFetched: number;
  /** Contacts committed whole, even if no row of theirs had changed. */
  readonly contactsWritten: number;
  /** Inbound calls that are new or changed; calls that were read again without a change do not count. */
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

/** The result of a run, sent at its end. */
export interface RunSummary {
  readonly mode: RunMode;
  readonly tookMs: number;
  readonly totals: RunTotals;
}

/** Receives each event at once, in order. If it throws, the run ends. */
export type Observer = (event: RunEvent) => void;
