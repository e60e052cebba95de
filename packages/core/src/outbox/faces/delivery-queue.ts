import type { CallOptions, Claim, Message } from '../../contract/index.js';
import type { Pausing, RecordedAct, TargetState } from './delivery-acts.js';

/**
 * The outbox seen from the side of deliveries: what waits, and what became of it. Everything it answers has been committed,
 * and everything it is told is committed when it returns; both behind the claim's fence, as a write is.
 */
export interface DeliveryQueue {
  /**
   * Takes the oldest message of each contact that has one due, and marks it as attempted (R24): from then on it never
   * changes, and what is newer of its transaction waits behind it. Messages that have no failure behind them come before
   * retries, so that failing contacts hold back no others (R31); of both, the longest due first. Contacts with a message that was taken
   * and is not settled are left out, until a newer claim takes them again.
   */
  take(claim: Claim, options: CallOptions & TakeOptions): Promise<readonly TakenMessage[]>;
  /** Ends attempts, many in one commit: the ledger changes, and messages leave, with their outcomes (R25). */
  settle(claim: Claim, outcomes: readonly Outcome[], options: CallOptions & SettleOptions): Promise<void>;
  /**
   * Queues the message of a dead letter again, with its id and its state, behind those of its contact; the dead letter is
   * gone with the same commit. Only the newest version that was ever queued of a transaction comes back (R26).
   */
  replay(claim: Claim, deadLetterKey: string, options: CallOptions): Promise<ReplayAnswer>;
  /** What there is, for pauses and reports. */
  backlog(options: CallOptions): Promise<Backlog>;
  /**
   * The machine's clock was set by so many milliseconds while the claim held: the instants of waiting messages move with it,
   * so that each pause stays as long as it was, and nothing counts towards the time that a contact gets.
   */
  clockSet(claim: Claim, byMs: number, options: CallOptions): Promise<void>;
  /**
   * Does what operators have asked for since, a step of the oldest act a call, and says whether deliveries are paused. It
   * only reads where nothing was asked for, and nothing has been kept for long enough.
   */
  obey(claim: Claim, options: CallOptions): Promise<Obeyed>;
  /** Whether the target has ever accepted a message. */
  hasAccepted(options: CallOptions): Promise<boolean>;
}

/** A message that was marked as attempted, and is the taker's until it is settled. */
export interface TakenMessage extends Message {
  /**
   * Since when deliveries to its contact have failed: the first failure after which none was accepted while messages
   * waited; null: none has. Wall clock.
   */
  readonly failingSinceMs: number | null;
  /** Whether it waited for a time of its own: it failed before, or an earlier one of its contact did. */
  readonly isRetry: boolean;
  /** Attempts that were begun, this one included: also those that did not count. */
  readonly allAttempts: number;
}

/** `superseded`: a newer version of its transaction has been queued since; `absent`: there is no such message. */
export type ReplayAnswer = 'queued' | 'superseded' | 'absent';

/** What is committed beside the outcomes. */
export interface SettleOptions {
  /** How the target is seen from now on, for reports; absent: as before. */
  readonly target?: TargetState;
}

/** What `obey` did. */
export interface Obeyed {
  /** Null: deliveries are not paused. */
  readonly pausing: Pausing | null;
  /** An act that the call has finished. */
  readonly finished: RecordedAct | null;
  /** There may be more to do. */
  readonly isMore: boolean;
}

/** Which messages are taken. */
export interface TakeOptions extends SettleOptions {
  readonly limit: number;
  /** How many of these are retries; the limit where nothing is given. */
  readonly retries?: RetryShare;
  /** Wall clock: what is due outlives the process. */
  readonly nowMs: number;
  /** Contacts that are not to be taken now, such as those that failed while a breaker is open. */
  readonly except?: ReadonlySet<string>;
  /** Attempts that have ended: settled first, in the same commit, so the next message of their contacts may be among those taken. */
  readonly ended?: readonly Outcome[];
}

/** Retries among the messages that are taken at a time. */
export interface RetryShare {
  readonly atMost: number;
  /** So many come even before messages without a failure, so that retries are never starved. */
  readonly atLeast: number;
}

/** How an attempt ended. */
export type Outcome = { readonly id: string /** Kept in the log of attempts. */; readonly attempt?: AttemptEnd } & (
  | { readonly outcome: 'accepted' }
  /** Counted as an attempt; due again then. `failure` is kept for `deliveries` and dead letters. */
  | { readonly outcome: 'failed'; readonly dueMs: number; readonly failure: Failure }
  | PostponedOutcome
  /** Becomes a dead letter of the kind `message`, and the next of the contact comes to the front. */
  | { readonly outcome: 'dead'; readonly code: string; readonly failure: Failure }
);

/** An attempt that was made, for the log of attempts. */
export interface AttemptEnd {
  /** Wall clock. */
  readonly endedMs: number;
  readonly tookMs: number;
  /** A status code of the target; absent: it gave none. */
  readonly status?: number;
  /** The beginning of the answer of one that was accepted. */
  readonly answer?: string;
}

/** Not counted: the target was down, or the attempt's end is not known. */
export interface PostponedOutcome {
  readonly id: string;
  readonly outcome: 'postponed';
  /** Wall clock; null, or earlier than before: it stays due when it was. */
  readonly dueMs: number | null;
  readonly failure: Failure | null;
}

/** Why a target did not accept. */
export interface Failure {
  readonly atMs: number;
  /** Such as `HTTP 500`. */
  readonly reason: string;
  /** The beginning of what the target answered. */
  readonly answer: string;
}

/** How much waits, over all streams of the outbox. Milliseconds since 1970. */
export interface Backlog {
  readonly messages: number;
  readonly contacts: number;
  /** When the oldest waiting message was queued; null: none waits. */
  readonly oldestMs: number | null;
  /** When the next one that is not taken is due: now, where one may go at once; null: there is none. */
  readonly dueMs: number | null;
}
