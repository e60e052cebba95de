/** Why a delivery was not accepted. */
export type FailureKind =
  /** No connection, TLS, a time-out, a limit on all requests: the target as a whole takes nothing now. */
  | 'target'
  /** An answer about this message, which may be taken later. */
  | 'message'
  /** An answer that refuses this message for good. */
  | 'refused'
  /** An answer that no more messages are wanted: for this contact, or at all. */
  | 'gone';

export interface AttemptFailure {
  readonly contactId: string;
  readonly kind: FailureKind;
  /** A redirect, or an answer about the address or the credentials: before the first acceptance ever, it concerns all. */
  readonly isOfSetup: boolean;
  /** How long the target asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** Since when deliveries to the contact have failed, monotonic; null: this is the first failure. */
  readonly failingSinceMs: number | null;
}

/** A state of the target as a whole, shown by failures of several contacts. */
export type TargetFault = 'down' | 'refusing' | 'gone';

/** What the failures since the last acceptance say about the target as a whole (R31). Instants are monotonic milliseconds. */
export interface TargetEvidence {
  /** @returns what is shown now; null: the failure may concern its contact alone */
  add(failure: AttemptFailure, nowMs: number): TargetFault | null;
  /** The target has accepted a message: nothing is wrong with it as a whole. */
  accepted(nowMs: number): void;
  /** The target answers again after an outage: collecting starts anew. */
  clear(): void;
  /** The contacts whose failures show the fault. */
  contactsOf(fault: TargetFault): ReadonlySet<string>;
}

const CONTACTS = 5;
/** Answers about messages alone say so little that they have to go on for this long without any acceptance. */
const REFUSES_FOR_MS = 10 * 60_000;

export function createTargetEvidence(): TargetEvidence {
  const contacts = { down: new Set<string>(), refusing: new Set<string>(), gone: new Set<string>() };
  let refusingSinceMs: number | null = null;
  let lastAcceptedMs = Number.NEGATIVE_INFINITY;

  const clear = () => {
    for (const some of Object.values(contacts)) some.clear();
    refusingSinceMs = null;
  };

  /** A contact that failed while others were accepted tells nothing about the target. */
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
