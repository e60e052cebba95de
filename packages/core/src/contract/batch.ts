import type { ContactTree, InboundCall } from './contact-tree.js';
import type { DeadLetter } from './dead-letter.js';

/** What one `write` commits. Every part may be empty; a contact or call appears at most once. */
export interface Batch {
  readonly contacts: readonly ContactTree[];
  readonly inboundCalls: readonly InboundCall[];
  /** Dead letters beside those that the trees carry. */
  readonly deadLetters: readonly DeadLetter[];
  /** Keys of the stream's dead letters and requests that this batch settles: they are gone when it has committed. */
  readonly settled: readonly string[];
  /** Replaces the stream's progress whole. Never ahead of rows that are not committed by or before this batch. */
  readonly progress?: Progress;
}

/**
 * The id of a campaign within one target: one set of tables (database and prefix), or one outbox. All modes of a campaign share it.
 * Claims, progress, dead letters and requests are kept by stream. The same id in another target is another stream.
 */
export type Stream = string;

/** How far a stream is. Instants are ISO 8601 UTC with milliseconds, on the API's clock; null: never. */
export interface Progress {
  /** From when on the user wants data; null: everything. */
  readonly since: string | null;
  /** The events watermark: all events before it have their contacts committed. */
  readonly eventsUntil: string | null;
  /** The start of the last completed listing of changed contacts. */
  readonly listedFrom: string | null;
  /** The start of the last completed listing of all contacts. */
  readonly fullyListedFrom: string | null;
  /** The inbound calls watermark. */
  readonly inboundUntil: string | null;
  /** A back-fill under way: from when it lists, and how far it is (an instant); null: none. */
  readonly backfill: Backfill | null;
  /** False once a contact changed below an unchanged md5: listings of changes then fetch all they return. */
  readonly md5Proves: boolean;
  /**
   * While `md5Proves` is false: since when those listings have found no such contact; null: since none. After a day the
   * md5 proves again.
   */
  readonly md5AgreesSince: string | null;
  /** The plan of the last completed listing of all contacts; another one now makes such a listing due. */
  readonly plan: string | null;
  /** The copy began with what happened from `since` on, without a wish of the user; absent: it did not, or was filled in. */
  readonly unfilled?: true;
}

/** An earlier `since` being caught up with, beside the live windows. */
export interface Backfill {
  readonly from: string;
  /** The instant that the events of the back-fill have been read up to; null: just begun. */
  readonly cursor: string | null;
}

/** What one committed `write` did. */
export interface WriteResult {
  /** Rows, over all tables. */
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** An estimate of what went over the wire. */
  readonly bytes: number;
  /**
   * Contacts whose md5 was the proved one already, and of which a row below changed nevertheless (R8). A contact below
   * which another program had deleted rows is left out: rows that are there again are not the API's doing.
   */
  readonly changedUnderSameMd5: readonly string[];
}
