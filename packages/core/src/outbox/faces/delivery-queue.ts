import type { CallOptions, Claim, Message } from '../../contract/index.js';
import type { Pausing, RecordedAct, TargetState } from './delivery-acts.js';

/**
 * The side of the outbox that deliveries use: the waiting messages, and the outcomes of their attempts. All that it
 * returns has been committed. All that a caller passes to it is committed when the call returns. The fence of the claim
 * checks each commit, as it does for a write.
 */
export interface DeliveryQueue {
  /**
   * Takes the oldest message of each contact that has one due, and marks it as attempted (R24). From then on the
   * message never changes, and newer versions of its transaction wait after it. Messages without a failure come before
   * retries, so that failing contacts do not delay others (R31); among each kind, the message that has been due longest
   * comes first. A contact with a message that was taken and is not settled is left out, until a newer claim takes the
   * message again.
   */
  take(claim: Claim, options: CallOptions & TakeOptions): Promise<readonly TakenMessage[]>;
  /**
   * Ends attempts, many in one commit: changes the ledger, and removes messages or puts them back, by their outcomes
   * (R25).
   */
  settle(claim: Claim, outcomes: readonly Outcome[], options: CallOptions & SettleOptions): Promise<void>;
  /**
   * Queues the message of a dead letter again, with its id and its state, after the other messages of its contact; the
   * same commit removes the dead letter. Only the newest version of a transaction that was ever queued comes back
   * (R26).
   */
  replay(claim: Claim, deadLetterKey: string, options: CallOptions): Promise<ReplayAnswer>;
  /** Returns how many messages wait, for pauses and reports. */
  backlog(options: CallOptions): Promise<Backlog>;
  /**
   * Call when the machine's clock was set by `byMs` milliseconds while the claim held. Moves the instants of waiting
   * messages by the same amount, so that each pause stays as long as it was, and the jump does not count towards the
   * time that a contact gets.
   */
  clockSet(claim: Claim, byMs: number, options: CallOptions): Promise<void>;
  /**
   * Does what operators have requested since, one step of the oldest act in each call, and returns whether deliveries
   * are paused. It only reads if nothing was requested, and no stored attempt has reached the end of its time.
   */
  obey(claim: Claim, options: CallOptions & ObeyOptions): Promise<Obeyed>;
  /** Returns whether the target has ever accepted a message. */
  hasAccepted(options: CallOptions): Promise<boolean>;
}

/** A message that is marked as attempted. It belongs to the process that took it until it is settled. */
export interface TakenMessage extends Message {
  /**
   * The time since which deliveries to its contact have failed: the first failure after which no message was accepted while
   * messages waited; null: there was no such failure. Wall clock.
   */
  readonly failingSinceMs: number | null;
  /** True if it waited for its own time: it failed before, or an earlier message of its contact did. */
  readonly isRetry: boolean;
  /** The number of attempts that were begun, including this one and those that did not count. */
  readonly allAttempts: number;
  /** The size of its body where that is large, in bytes. Absent: it is not. */
  readonly largeBytes?: number;
}

/** `superseded`: a newer version of its transaction has been queued since; `absent`: there is no such message. */
export type ReplayAnswer = 'queued' | 'superseded' | 'absent';

/** The data committed together with the outcomes. */
export interface SettleOptions {
  /** The new state of the target, for reports; absent: it has not changed. */
  readonly target?: TargetState;
}

/** The knowledge that an act needs beyond the outbox. */
export interface ObeyOptions {
  /**
   * Returns which of these contacts the campaign has deleted; null: it is not known yet, and the replay waits for a later
   * call. Acts that were requested after it wait too, except a pause or resume. Absent: no contact counts as deleted.
   */
  readonly deletedOf?: (contactIds: readonly string[], step: ReplayStep) => ReadonlySet<string> | null;
}

/** A step of a replay. */
export interface ReplayStep {
  readonly actNr: number;
  /** The last accepted message that the steps before it read. */
  readonly place: number;
}

/** The result of `obey`. */
export interface Obeyed {
  /** Null: deliveries are not paused. */
  readonly pausing: Pausing | null;
  /** The act that this call has finished; null: none. */
  readonly finished: RecordedAct | null;
  /** True if more steps may be left. */
  readonly isMore: boolean;
  /** The contacts whose messages this call did not send again, since the campaign has deleted them. Absent: none. */
  readonly deleted?: readonly string[];
}

/** Selects the messages to take. */
export interface TakeOptions extends SettleOptions {
  readonly limit: number;
  /**
   * The most bytes of large messages that one call takes, apart from the last one. Smaller messages are taken instead.
   * Default: no limit.
   */
  readonly maxLargeBytes?: number;
  /** The number of retries among them. Default: up to the limit. */
  readonly retries?: RetryShare;
  /** Wall clock, since the time when a message is due must survive the process. */
  readonly nowMs: number;
  /** Contacts to leave out now, such as those that failed while a breaker is open. */
  readonly except?: ReadonlySet<string>;
  /**
   * Attempts that have ended. They are settled first, in the same commit, so the next messages of their contacts may be
   * taken at once.
   */
  readonly ended?: readonly Outcome[];
}

/** The number of retries among the messages taken at a time. */
export interface RetryShare {
  readonly atMost: number;
  /** The number of retries that come even before messages without a failure, so that no retry waits without end. */
  readonly atLeast: number;
}

/** The outcome of an attempt. */
export type Outcome = { readonly id: string /** Kept in the log of attempts. */; readonly attempt?: AttemptEnd } & (
  | { readonly outcome: 'accepted' }
  /** The attempt counts; the message is due again at `dueMs`. `failure` is kept for `deliveries` and dead letters. */
  | { readonly outcome: 'failed'; readonly dueMs: number; readonly failure: Failure }
  | PostponedOutcome
  /** The message becomes a dead letter of the kind `message`, and the next message of the contact becomes the first. */
  | { readonly outcome: 'dead'; readonly code: string; readonly failure: Failure }
);

/** An attempt that was made, for the log of attempts. */
export interface AttemptEnd {
  /** Wall clock. */
  readonly endedMs: number;
  readonly tookMs: number;
  /** A status code of the target; absent: it gave none. */
  readonly status?: number;
  /** The beginning of the answer, if the target accepted the message. */
  readonly answer?: string;
}

/** An attempt that does not count: the target was down, or the attempt's result is not known. */
export interface PostponedOutcome {
  readonly id: string;
  readonly outcome: 'postponed';
  /** Wall clock. Null, or earlier than the former time: the message stays due at the former time. */
  readonly dueMs: number | null;
  readonly failure: Failure | null;
}

/** The reason why a target did not accept a message. */
export interface Failure {
  readonly atMs: number;
  /** The reason, such as `HTTP 500`. */
  readonly reason: string;
  /** The beginning of the target's answer. */
  readonly answer: string;
}

/** The number of waiting messages, over all streams of the outbox. Instants are milliseconds since 1970. */
export interface Backlog {
  readonly messages: number;
  readonly contacts: number;
  /** The time when the oldest waiting message was queued; null: no message waits. */
  readonly oldestMs: number | null;
  /**
   * The time when the next message that is not taken is due. It is the present time if a message may be sent at once.
   * Null: there is none.
   */
  readonly dueMs: number | null;
}
