import type { Failure } from './delivery-queue.js';

/** At one look: does anything move, what is held up, since when. Instants are milliseconds since 1970. */
export interface DeliverySummary {
  readonly messages: number;
  readonly contacts: number;
  /** Contacts whose first message has failed since any of theirs was accepted, and how many messages stand in their lines. */
  readonly failingContacts: number;
  readonly heldUpMessages: number;
  readonly oldestMs: number | null;
  /** The failure that is newest among what waits. */
  readonly lastFailure: Failure | null;
  readonly lastAcceptedMs: number | null;
  /** Ever. */
  readonly accepted: number;
  /** Messages among the dead letters, those aside of which a newer version was queued since. */
  readonly dead: number;
  readonly superseded: number;
}

/** Whose message it is. */
export interface DeliveryIdentity {
  /** `webhook-id` of every attempt. */
  readonly id: string;
  readonly contactId: string;
  /** Of the row in a database, too. */
  readonly transactionId: string;
  readonly queuedMs: number;
}

/** A message that waits. */
export interface WaitingDelivery extends DeliveryIdentity {
  /** Rises in the order of the queue. */
  readonly place: number;
  /** Null before the first attempt. */
  readonly state: 'new' | 'updated' | null;
  /** Attempts whose end is known, and which counted. */
  readonly attempts: number;
  /** `first` of its contact, and so next; `underway`; or `behind` another one of its contact. */
  readonly position: 'first' | 'underway' | 'behind';
  /** When it is tried next; null: at once, or when its turn comes. */
  readonly dueMs: number | null;
  readonly failingSinceMs: number | null;
  readonly failure: Failure | null;
  /** It was accepted before, and an operator had it sent again. */
  readonly isReplay: boolean;
}

/** The first message of a contact, and how many of the contact wait. */
export interface WaitingContact extends WaitingDelivery {
  readonly messages: number;
}

/** A message in full: what is known of it, wherever it is. */
export interface DeliveryDetails {
  readonly id: string;
  /** Null: it does not wait, since it was accepted or is a dead letter. */
  readonly waiting: WaitingDelivery | null;
  /** JSON as it is sent; null: it is not kept. */
  readonly body: { readonly contact: string; readonly transaction: string } | null;
  /** The oldest first. */
  readonly attempts: readonly LoggedAttempt[];
}

/** An attempt that has ended. */
export interface LoggedAttempt {
  readonly id: string;
  readonly contactId: string;
  readonly transactionId: string;
  /** `failed` counts; `postponed` does not, since the target was down or the end is not known. */
  readonly outcome: 'accepted' | 'failed' | 'postponed' | 'dead';
  readonly endedMs: number;
  /** Null: it was made by a version of dbsync that did not keep it. */
  readonly tookMs: number | null;
  /** Null: there was no answer with one. */
  readonly status: number | null;
  readonly reason: string | null;
  readonly answer: string;
}

/** A message that the target has accepted. */
export interface AcceptedDelivery extends DeliveryIdentity {
  readonly state: 'new' | 'updated';
  /** The last one included. */
  readonly attempts: number;
  readonly acceptedMs: number;
}
