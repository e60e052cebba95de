import type { Failure } from './delivery-queue.js';

/**
 * A summary of the deliveries: whether they are sent, which are delayed, and since when. Instants are milliseconds
 * since 1970.
 */
export interface DeliverySummary {
  readonly messages: number;
  readonly contacts: number;
  /**
   * The number of contacts whose first message has failed since a message of theirs was last accepted, and the number
   * of all their waiting messages.
   */
  readonly failingContacts: number;
  readonly heldUpMessages: number;
  readonly oldestMs: number | null;
  /** The newest failure among the waiting messages. */
  readonly lastFailure: Failure | null;
  readonly lastAcceptedMs: number | null;
  /** The number of messages accepted since the file was created. */
  readonly accepted: number;
  /**
   * The number of messages among the dead letters; those of which a newer version was queued since are counted
   * separately.
   */
  readonly dead: number;
  readonly superseded: number;
}

/** The ids of a message, its contact and its transaction. */
export interface DeliveryIdentity {
  /** The `webhook-id` of every attempt. */
  readonly id: string;
  readonly contactId: string;
  /** The id that the transaction's row also has in a database. */
  readonly transactionId: string;
  readonly queuedMs: number;
}

/** A waiting message. */
export interface WaitingDelivery extends DeliveryIdentity {
  /** A number that rises in the order of the queue. */
  readonly place: number;
  /** Null before the first attempt. */
  readonly state: 'new' | 'updated' | null;
  /** The number of attempts that counted, that is, with a known result. */
  readonly attempts: number;
  /**
   * `first`: the first of its contact, so it is sent next; `underway`: it is being sent; `behind`: it waits for another
   * message of its contact.
   */
  readonly position: 'first' | 'underway' | 'behind';
  /** The time when it is tried next; null: at once, or when the messages before it are gone. */
  readonly dueMs: number | null;
  readonly failingSinceMs: number | null;
  readonly failure: Failure | null;
  /** True if it was accepted before, and an operator had it sent again. */
  readonly isReplay: boolean;
}

/** The first message of a contact, and the number of the contact's waiting messages. */
export interface WaitingContact extends WaitingDelivery {
  readonly messages: number;
}

/** A message in full: everything known about it, whether it waits or has ended. */
export interface DeliveryDetails {
  readonly id: string;
  /** Null: it does not wait, since it was accepted or is a dead letter. */
  readonly waiting: WaitingDelivery | null;
  /** The JSON that is sent; null: it is not kept. */
  readonly body: { readonly contact: string; readonly transaction: string } | null;
  /** The attempts, the oldest first. */
  readonly attempts: readonly LoggedAttempt[];
}

/** An attempt that has ended. */
export interface LoggedAttempt {
  readonly id: string;
  readonly contactId: string;
  readonly transactionId: string;
  /** `failed` counts; `postponed` does not, since the target was down or the result is not known. */
  readonly outcome: 'accepted' | 'failed' | 'postponed' | 'dead';
  readonly endedMs: number;
  /** Null: an earlier version of dbsync recorded the attempt without this time. */
  readonly tookMs: number | null;
  /** Null: there was no answer with a status. */
  readonly status: number | null;
  readonly reason: string | null;
  readonly answer: string;
}

/** A message that the target has accepted. */
export interface AcceptedDelivery extends DeliveryIdentity {
  readonly state: 'new' | 'updated';
  /** The number of attempts, including the last one. */
  readonly attempts: number;
  readonly acceptedMs: number;
}
