import type { CallOptions } from './call-options.js';
import type { Claim } from './claim.js';

/**
 * Marks on contacts that the campaign has no more, and their removal, for a store that supports it. Core decides which
 * contacts are marked or go; the store keeps core's notes about contacts, so that they survive a restart.
 */
export interface Mirroring {
  /**
   * Returns the contacts that this stream wrote whole, only those after `after`, in an order that does not change. Rows
   * of another stream, rows whose stream the target cannot tell, and rows that another program wrote are not among
   * them.
   */
  listHeld(
    claim: Claim,
    options: CallOptions & { readonly after?: string; readonly limit: number },
  ): Promise<readonly HeldContact[]>;
  /** Replaces the notes of these contacts of the stream, in one commit behind the claim's fence. */
  keepNotes(claim: Claim, notes: readonly ContactNote[], options: CallOptions): Promise<void>;
  /**
   * Sets or takes away the marks of these contacts, in one commit behind the claim's fence, and changes nothing else of
   * them: neither what the campaign gave, nor their version or notes. A contact that has another version by now, or that
   * belongs to another stream, stays as it is. Returns the ids of the others. Core calls it only where `listHeld` gives
   * marks. Each write of a contact takes its mark away, in the same commit.
   */
  mark(claim: Claim, marks: readonly DeletionMark[], options: CallOptions): Promise<readonly string[]>;
  /**
   * Removes these contacts, all rows below them, their notes, and the stream's dead letters of them (`message` apart),
   * in one commit behind the claim's fence. A contact that has another version by now, or that belongs to another
   * stream, stays whole. Inbound calls stay. A removed contact is as if it had never been written: a later write brings
   * it back as a new one. Returns the ids of the contacts that were removed.
   */
  remove(claim: Claim, contacts: readonly ContactAtVersion[], options: CallOptions): Promise<readonly string[]>;
  /**
   * Removes the records that name one of these contacts and hang below no stored contact, with all below them, in one
   * commit behind the claim's fence. Inbound calls stay. Where the target holds records of another stream too, it may
   * leave them all, since such a record does not say whose it is. Returns how many were removed.
   */
  removeOrphans(claim: Claim, contactIds: readonly string[], options: CallOptions): Promise<number>;
}

/** Core's note about a contact: a short text that the store does not read. Null: none. */
export interface ContactNote {
  readonly contactId: string;
  readonly note: string | null;
}

/** A contact in the state in which the store reported it. */
export interface ContactAtVersion {
  readonly contactId: string;
  /** A text that differs after each write that changed the contact itself. */
  readonly version: string;
}

/** A contact and its mark. */
export interface DeletionMark extends ContactAtVersion {
  /**
   * The start of the listing that showed that the campaign has deleted the contact, ISO 8601 UTC with milliseconds. Null:
   * the campaign has it.
   */
  readonly deletedAt: string | null;
}

/**
 * A contact that a stream wrote, with its note and its mark. `deletedAt` is absent where the target keeps no marks, and in
 * a sink of an earlier release: then core sets none.
 */
export interface HeldContact extends ContactNote, ContactAtVersion, Partial<Pick<DeletionMark, 'deletedAt'>> {}
