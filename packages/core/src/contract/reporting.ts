import type { Progress, Stream } from './batch.js';
import type { CallOptions } from './call-options.js';
import type { Claim, LeaseHolder } from './claim.js';
import type { RowTable } from './rows.js';

/**
 * Facts about a copy for an operator, for a store that other processes can read. Only `keepHeartbeat` needs a claim and
 * changes something; all other calls may run beside any holder, also where the sink only looks.
 */
export interface Reporting {
  /**
   * Keeps core's heartbeat of the stream, a text of at most 2,000 characters that the store does not read, with the time by
   * the target's clock. It replaces the one before. Where the claim is not the stream's any more, it does nothing, or
   * throws `fenced`. It does nothing where the target has no room for heartbeats yet, such as one of an earlier
   * version that this account may not change. Core calls it about once a cycle, and ignores a failure, unless the
   * connection or the claim is lost.
   */
  keepHeartbeat(claim: Claim, heartbeat: string, options: CallOptions): Promise<void>;
  /** Returns all streams of the target that were ever claimed, in the order of their names. */
  listStreams(options: CallOptions): Promise<readonly Stream[]>;
  /** Returns the facts about a stream; null: it was never claimed. */
  describeStream(stream: Stream, options: CallOptions): Promise<StreamFacts | null>;
  /** Counts the rows of each table, over all streams of the target. A table that is not there is left out. */
  countRows(options: CallOptions): Promise<readonly RowCount[]>;
}

/** The facts about a stream. Nothing in it was read under a claim. */
export interface StreamFacts {
  /** The target's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** The holder; null: the lease has expired, or was released. */
  readonly heldBy: LeaseHolder | null;
  /** The progress; null: none, or it cannot be read. */
  readonly progress: Progress | null;
  /** The last heartbeat. Null: none was kept. */
  readonly heartbeat: KeptHeartbeat | null;
  /** False where the target has no room for heartbeats: its next start under this version makes it. */
  readonly keepsHeartbeats: boolean;
  /** The number of dead letters of each kind that has any. Null: this account may not read them. */
  readonly deadLetters: Readonly<Record<string, number>> | null;
  /** The requests in the mailbox that are not settled yet. Null: this account may not read them. */
  readonly requests: number | null;
  /** The deliveries that wait; only for a store that holds messages for an endpoint. */
  readonly deliveries?: WaitingDeliveries;
}

/** A heartbeat as `keepHeartbeat` got it. */
export interface KeptHeartbeat {
  readonly text: string;
  /** The holder that wrote it, by {@link Claim}. */
  readonly holder: string;
  /**
   * The time between then and now, by the target's clock. If that clock was set back since, the heartbeat lies in the future: it
   * counts as old too, since nothing shows how old it is.
   */
  readonly ageMs: number;
}

/** Messages that wait to be delivered. */
export interface WaitingDeliveries {
  readonly messages: number;
  readonly contacts: number;
  /** The time for which the oldest has waited; null: none waits. */
  readonly oldestMs: number | null;
  /** The state of the target as it was seen last; `paused`: an operator has paused deliveries. */
  readonly state: 'up' | 'down' | 'refusing' | 'gone' | 'unproven' | 'paused';
  /** The time for which that state has lasted; null: not known. */
  readonly forMs: number | null;
}

/** The number of rows of a table. */
export interface RowCount {
  /** The purpose of the table. */
  readonly kind: RowTable;
  /** The target's own name of the table. */
  readonly table: string;
  readonly rows: number;
  /** True: an estimate of the target, or the least that there are. */
  readonly isEstimate: boolean;
}
