/** The reason why a delivery was not accepted. */
export type FailureKind =
  /** No connection, a TLS error, a time-out, or a limit on all requests: the target as a whole takes nothing now. */
  | 'target'
  /** An answer about this message; the target may accept the message later. */
  | 'message'
  /** An answer that refuses this message for good. */
  | 'refused'
  /** An answer that no more messages are wanted, for this contact or for all contacts. */
  | 'gone';

export interface AttemptFailure {
  readonly contactId: string;
  readonly kind: FailureKind;
  /**
   * A redirect, or an answer about the address or the credentials. Before the first acceptance ever, it concerns all
   * messages.
   */
  readonly isOfSetup: boolean;
  /** The time for which the target asks dbsync to send nothing. */
  readonly retryAfterMs: number | undefined;
  /** The time since which deliveries to the contact have failed, in monotonic milliseconds; null: this is the first failure. */
  readonly failingSinceMs: number | null;
}

/** A state of the target as a whole, shown by failures of several contacts. */
export type TargetFault = 'down' | 'refusing' | 'gone';

/**
 * Judges the target as a whole by the failures since the last acceptance (R31). Instants are monotonic milliseconds.
 */
export interface TargetEvidence {
  /**
   * Adds a failure.
   *
   * @returns the fault that the failures show now; null: the failure may concern its contact alone
   */
  add(failure: AttemptFailure, nowMs: number): TargetFault | null;
  /** Call when the target has accepted a message: it works as a whole, so all evidence is dropped. */
  accepted(nowMs: number): void;
  /** Drops the evidence. Call when the target answers again after an outage. */
  clear(): void;
  /** The contacts whose failures show the fault. */
  contactsOf(fault: TargetFault): ReadonlySet<string>;
}

const CONTACTS = 5;
/**
 * A refused message says little about the target: refusals show a fault only after this long without any acceptance.
 */
const REFUSES_FOR_MS = 10 * 60_000;

export function createTargetEvidence(): TargetEvidence {
  const contacts = { down: new Set<string>(), refusing: new Set<string>(), gone: new Set<string>() };
  let refusingSinceMs: number | null = null;
  let lastAcceptedMs = Number.NEGATIVE_INFINITY;

  const clear = () => {
    for (const some of Object.values(contacts)) some.clear();
    refusingSinceMs = null;
  };

  /**
   * Ignores a contact that already failed while the target accepted messages of others: its failures do not show the
   * state of the target.
   */
  const addAnswer = ({ contactId, failingSinceMs }: AttemptFailure, nowMs: number) => {
    if (failingSinceMs !== null && failingSinceMs < lastAcceptedMs) return false;
    refusingSinceMs ??= nowMs;
    return countsToFive(contacts.refusing, contactId) && nowMs - refusingSinceMs >= REFUSES_FOR_MS;
  };

  return {
    add(failure, nowMs) {
      const { kind, contactId } = failure;
      if (kind === 'target') return countsToFive(contacts.down, contactId) ? 'down' : null;
      if (kind === 'gone') return countsToFive(contacts.gone, contactId) ? 'gone' : null;
      contacts.gone.clear();
      return kind !== 'refused' && addAnswer(failure, nowMs) ? 'refusing' : null;
    },
    accepted(nowMs) {
      lastAcceptedMs = nowMs;
      clear();
    },
    clear,
    contactsOf: (fault) => contacts[fault],
  };
}

function countsToFive(contacts: Set<string>, contactId: string): boolean {
  if (contacts.size < CONTACTS) contacts.add(contactId);
  return contacts.size >= CONTACTS;
}
