import type { DeadLetter } from './dead-letter.js';
import type { Fields } from './json.js';

/**
 * One contact with all records below it. Core computes the ids; `values` are the upstream's own, unchanged, and shared
 * with the nodes below: never change them.
 */
export interface ContactTree {
  readonly contactId: string;
  /** The upstream's hash of the contact; null where the body had none: such a contact never proves anything. */
  readonly md5: string | null;
  /** The body, `$task_log` included. Rows ignore that key: its transactions are the nodes below. */
  readonly values: Fields;
  /** The transactions that pass the filter, in the order of the task log. */
  readonly transactions: readonly TransactionNode[];
  /**
   * Ids that records of this contact may have had before (a recording that gained a location, a twin that moved). The
   * store deletes such rows of this contact in the transaction that writes the tree.
   */
  readonly formerIds: readonly string[];
  /** @deprecated The former name of `formerIds`. Core sets both. */
  readonly supersedes: readonly string[];
  /** Records of this body that cannot have an id, each with the records below it. They commit with the tree. */
  readonly deadLetters: readonly DeadLetter[];
}

/** A transaction of a contact. Rows ignore the key `connections` of `values`. */
export interface TransactionNode {
  readonly id: string;
  readonly values: Fields;
  /** Third-party and transferred connections follow their parent in one flat list: parents always come first. */
  readonly connections: readonly ConnectionNode[];
}

/** A connection of a transaction. Rows ignore the keys `third_party_connections` and `recordings` of `values`. */
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

/** A call that came in on a line of the campaign. Its `contact_id` may name a contact that does not exist. */
export interface InboundCall {
  readonly id: string;
  readonly values: Fields;
}
