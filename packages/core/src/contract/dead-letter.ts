/**
 * A record that could not be written, with the reason. It is kept until an administrator or a newer version settles it.
 */
export interface DeadLetter {
  /** Hash of stream, kind and the record's identity: the same failure overwrites its own row. */
  readonly key: string;
  readonly kind: DeadLetterKind;
  readonly contactId: string | null;
  /**
   * The contact's hash when it failed: `readVersions` returns it, so listings leave a refused contact to the retries
   * until it changes.
   */
  readonly md5: string | null;
  readonly code: string;
  readonly reason: string;
  /** The record as JSON text, digits intact; empty where there was none to keep (kind `fetch`). */
  readonly body: string;
  /** The time of the first failure, ISO 8601 UTC. A store keeps the earliest time of a key. */
  readonly firstSeenAt: string;
  /** The number of failures; a store adds it to its number for that key. */
  readonly attempts: number;
}

/**
 * `entry`: an entry of a listing without a readable id; `fetch`: the API did not give the body; `contact`: the store
 * refused the tree; `transaction`, `connection`, `recording`, `inbound-call`: a record without an id; `message`: an
 * endpoint refused a delivery.
 */
export type DeadLetterKind = (typeof KINDS)[number];

const KINDS = [
  'entry',
  'fetch',
  'contact',
  'transaction',
  'connection',
  'recording',
  'inbound-call',
  'message',
] as const;

/** Reads a stored kind. Any other text counts as `entry`, on which dbsync never acts (R36). */
export function readDeadLetterKind(text: string | null): DeadLetterKind {
  return KINDS.find((kind) => kind === text) ?? 'entry';
}
