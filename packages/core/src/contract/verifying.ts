import type { Stream } from './batch.js';
import type { CallOptions } from './call-options.js';
import type { ContactTree, InboundCall } from './contact-tree.js';
import type { RowTable } from './rows.js';

/**
 * Comparison of a copy with the campaign, for a store whose rows can be read. No call needs a claim, none changes
 * anything, and all may run beside the writes of any holder, also of another process. A call need not see one single
 * state of the target: core looks a second time at each difference.
 */
export interface Verifying {
  /**
   * Compares these contacts with the stored ones. Returns those that differ, in any order. A contact is whole where its
   * md5 is the stored one, its last write proved it under one of the plans, and the records below it are those that
   * this write left there. Forgotten contacts ({@link Erasure}) are never returned.
   * @param contacts any number of them, each once
   */
  compare(
    stream: Stream,
    contacts: readonly ExpectedContact[],
    options: CompareOptions,
  ): Promise<readonly Difference[]>;
  /**
   * Compares the stored rows of these records with those that a write of them would leave now, cell by cell. Returns the rows
   * that are not there, and those with another value. A row that the records lack is no difference, nor is the time of a
   * change, the proof of a contact, its mark, or a record that cannot be stored. Forgotten contacts are never among the answers.
   * @param records at most as many contacts and calls as a batch has, each once
   */
  compareRows(stream: Stream, records: StoredRecords, options: CallOptions): Promise<readonly RowDifference[]>;
  /**
   * Returns the ids of the contacts that the stream has rows of, only those after `after`, in an order that does not
   * change; with `contactIds`, at most 1,000, only those of them. A sink of an earlier release may return all.
   */
  listStored(
    stream: Stream,
    options: CallOptions & {
      readonly after?: string;
      readonly limit: number;
      readonly contactIds?: readonly string[];
    },
  ): Promise<readonly string[]>;
  /** Returns how many contacts `listStored` lists in all, for operators: it may be an estimate. */
  countStored(stream: Stream, options: CallOptions): Promise<number>;
  /**
   * Returns records whose parent is not stored: transactions without contact, connections without transaction,
   * recordings without connection. At most `limit` of each table, over all streams of the target; with `contactIds`, only
   * those that name one of these contacts. A sink of an earlier release may return those of all contacts.
   */
  listOrphans(
    options: CallOptions & { readonly limit: number; readonly contactIds?: readonly string[] },
  ): Promise<readonly Orphan[]>;
  /**
   * Returns the keys of the requests in the mailbox that are not settled yet; with `keys`, only those of them. A sink of
   * an earlier release may return all.
   */
  listRequests(
    stream: Stream,
    options: CallOptions & { readonly keys?: readonly string[] },
  ): Promise<readonly string[]>;
}

/** The options of a comparison. */
export interface CompareOptions extends CallOptions {
  /** The plans whose proofs hold. Empty: those of any plan. */
  readonly plans: readonly string[];
}

/** A contact as the campaign has it. */
export interface ExpectedContact {
  readonly id: string;
  /** The md5. Null: the campaign gave none, so any stored md5 matches. */
  readonly md5: string | null;
}

/** A contact that is not whole in the target. */
export interface Difference {
  readonly contactId: string;
  /**
   * `missing`: it has no row. `stale`: its row is of another version. `broken`: records below it are gone, or were added.
   * `unproved`: no write of dbsync proves the row: another program wrote it, or it was written under another plan, or a
   * part of the target was lost since.
   */
  readonly kind: 'missing' | 'stale' | 'broken' | 'unproved';
  /** A text that differs after each write that changed the contact. Null: it has no row. */
  readonly version: string | null;
}

/** Records as the campaign has them. */
export interface StoredRecords {
  readonly contacts: readonly ContactTree[];
  readonly inboundCalls: readonly InboundCall[];
}

/** A row that is not as a write would leave it. */
export interface RowDifference {
  /** The table of the row. */
  readonly kind: RowTable;
  /** The id that the row is stored with. */
  readonly id: string;
  /** The contact that the row hangs below; null: it is an inbound call. */
  readonly contactId: string | null;
  /** The version of that contact, as a {@link Difference} has it, read before its rows. Null: it has no row, or there is none. */
  readonly version: string | null;
  /** Empty: there is no such row. */
  readonly cells: readonly CellDifference[];
}

/** A cell with another value. Values are texts for people; null: there is none. */
export interface CellDifference {
  /** The target's own name for it, such as that of a column. */
  readonly name: string;
  /** The field of the upstream whose value it is; null: the cell is the store's own, such as the id of a row above. */
  readonly field: string | null;
  readonly expected: string | null;
  readonly stored: string | null;
}

/** A record without its parent. */
export interface Orphan {
  readonly table: 'transactions' | 'connections' | 'recordings';
  readonly id: string;
  /** The contact that it names. Null: it names none. */
  readonly contactId: string | null;
}
