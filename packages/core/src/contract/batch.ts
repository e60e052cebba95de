import type { ContactTree, InboundCall } from './contact-tree.js';
import type { DeadLetter } from './dead-letter.js';

/** The contents of one `write`. Every part may be empty; a contact or call appears at most once. */
export interface Batch {
  readonly contacts: readonly ContactTree[];
  readonly inboundCalls: readonly InboundCall[];
  /** Dead letters beside those that the trees carry. */
  readonly deadLetters: readonly DeadLetter[];
  /** Keys of the stream's dead letters and requests that this batch settles: they are removed by its commit. */
  readonly settled: readonly string[];
  /** Replaces the stream's progress whole. Never ahead of rows that are not committed by or before this batch. */
  readonly progress?: Progress;
}

/**
 * The id of a campaign within one target: one set of tables (database and prefix), or one outbox. All modes of a campaign share it.
 * Claims, progress, dead letters and requests are kept by stream. The same id in another target is another stream.
 */
export type Stream = string;

/** The progress of a stream. Instants are ISO 8601 UTC with milliseconds, on the API's clock; null: never. */
export interface Progress {
  /** The start of the data that the user selected; null: everything. */
  readonly since: string | null;
  /** The events watermark: all events before it have their contacts committed. */
  readonly eventsUntil: string | null;
  /** The start of the last completed listing of changed contacts. */
  readonly listedFrom: string | null;
  /** The start of the last completed listing of all contacts. */
  readonly fullyListedFrom: string | null;
  /** The inbound calls watermark. */
  readonly inboundUntil: string | null;
  /** A back-fill under way: its start, and how far it has come (an instant); null: none. */
  readonly backfill: Backfill | null;
  /** False once a contact changed below an unchanged md5: listings of changes then fetch all they return. */
  readonly md5Proves: boolean;
  /**
   * While `md5Proves` is false: the instant since which those listings have found no such contact; null: none yet.
   * After a day the md5 proves again.
   */
  readonly md5AgreesSince: string | null;
  /** The plan of the last completed listing of all contacts; another plan now makes such a listing due. */
  readonly plan: string | null;
  /**
   * The copy began with what happened from `since` on, though the user did not ask for that; absent: it did not, or was
   * filled in.
   */
  readonly unfilled?: true;
}

/** A back-fill to an earlier `since`, beside the live windows. */
export interface Backfill {
  readonly from: string;
  /** The instant that the events of the back-fill have been read up to; null: just begun. */
  readonly cursor: string | null;
}

/** The result of one committed `write`. */
export interface WriteResult {
  /** Inserted rows, over all tables. */
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** An estimate of the bytes that were sent. */
  readonly bytes: number;
  /**
   * Contacts whose md5 was already the proved one, and of which a row below changed nevertheless (R8). A contact below
   * which another program had deleted rows is left out: the API did not cause the return of those rows.
   */
  readonly changedUnderSameMd5: readonly string[];
}
