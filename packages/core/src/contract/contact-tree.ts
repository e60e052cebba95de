import type { DeadLetter } from './dead-letter.js';
import type { Fields } from './json.js';

/**
 * One contact with all that hangs below it. Ids are computed by core; `values` are the upstream's own, untouched, and
 * shared with the nodes below: never change them.
 */
export interface ContactTree {
  readonly contactId: string;
  /** The upstream's hash of the contact; null where the body had none: such a contact never proves anything. */
  readonly md5: string | null;
  /** The body, `$task_log` included. Rows ignore that key: its transactions are the nodes below. */
  readonly values: Fields;
  /** Those that pass the filter, in the order of the task log. */
  readonly transactions: readonly TransactionNode[];
  /**
   * Ids that records of this contact may have had before (a recording that gained a location, a twin that moved). The
   * store deletes such rows of this contact in the transaction that writes the tree.
   */
  readonly supersedes: readonly string[];
  /** Records of this body that cannot have an id, each with what hung below it. They commit with the tree. */
  readonly deadLetters: readonly DeadLetter[];
}

/** Rows ignore the key `connections` of `values`. */
export interface TransactionNode {
  readonly id: string;
  readonly values: Fields;
  /** Third-party and transferred connections stand flat behind their parent: parents always come first. */
  readonly connections: readonly ConnectionNode[];
}

/** Rows ignore the keys `third_party_connections` and `recordings` of `values`. */
export interface ConnectionNode {
  readonly id: string;
  /** The connection that holds this one or was transferred to it; null at the top. */
  readonly parentId: string | null;
  readonly values: Fields;
  readonly recordings: readonly RecordingNode[];
}

/** A recording of a connection. */
export interface RecordingNode {
  readonly id: string;
  readonly values: Fields;
}

/** A call that came in on a line of the campaign. Its `contact_id` may name a contact that is not there. */
export interface InboundCall {
  readonly id: string;
  readonly values: Fields;
}
