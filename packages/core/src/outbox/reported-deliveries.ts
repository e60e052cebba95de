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
}

/** A message that the target has accepted. */
export interface AcceptedDelivery extends DeliveryIdentity {
  readonly state: 'new' | 'updated';
  /** The last one included. */
  readonly attempts: number;
  readonly acceptedMs: number;
}
