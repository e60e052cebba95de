import type { Stream } from './batch.js';
import type { CallOptions } from './call-options.js';
import type { RowTable } from './rows.js';

/**
 * Reads what is stored of one contact, for operators, from a store whose rows can be read. No call needs a claim, none
 * changes anything, and both may run beside the writes of any holder, also of another process.
 */
export interface Explaining {
  /** Returns the stored records of any kind with exactly this id, of all streams of the target. Any text may be an id. */
  findRecords(id: string, options: CallOptions): Promise<readonly StoredRecord[]>;
  /** Returns what is stored of a contact. Null: it has no row. */
  describeContact(stream: Stream, contactId: string, options: CallOptions): Promise<StoredContact | null>;
}

/** A stored record that was found by its id. */
export interface StoredRecord {
  readonly kind: RowTable;
  /** The contact that it names; a contact names itself. Null: it names none. */
  readonly contactId: string | null;
}

/** The parts of a contact that are stored. */
export interface StoredContact {
  /** The md5 in its row. Null: none. */
  readonly md5: string | null;
  /** The campaign that the row belongs to. Null: the row names none. */
  readonly stream: Stream | null;
  /**
   * The last time, by the target's clock, at which a write changed the contact or a record below it, ISO 8601 UTC with
   * milliseconds. Null: the target keeps no such time.
   */
  readonly changedAt: string | null;
  /** Numbers of stored records: the contact itself, those below it, and the inbound calls that name it. */
  readonly records: Readonly<Record<RowTable, number>>;
  /** Core's note about the contact ({@link Mirroring}). Null: none, or the target keeps no notes. */
  readonly note: string | null;
  /** The mark of the contact ({@link Mirroring}), ISO 8601 UTC. Null: it has none. Absent: the target keeps no marks. */
  readonly deletedAt?: string | null;
}
