import type { Batch, Stream } from './batch.js';
import type { CallOptions } from './call-options.js';
import type { DeadLetter } from './dead-letter.js';
import { fieldOf, isFields, type Json } from './json.js';
import { jsonOrNull } from './json-or-null.js';
import type { Operator } from './operator-act.js';

/**
 * Erasure of contacts, for a store that can do it. The calls need no claim, and may run beside the writes of any holder, also of
 * another process.
 *
 * The promise: once `forget` has returned, the target holds no row, call, message or dead letter of these contacts, and no later
 * commit brings one, whatever its claim, also of a write that began before. `write` leaves out what is about a forgotten contact
 * and commits the rest. `readVersions` answers `forgotten`, so core never asks for such a contact. The target keeps a salted hash
 * of the id, never the id itself.
 */
export interface Erasure {
  /**
   * Keeps the contacts out, then removes all that the target holds of them, under whatever stream. A second call removes what the
   * first one left where it was cut short, and changes nothing otherwise. Returns one entry for each id, in the same order.
   */
  forget(contactIds: readonly string[], options: ErasureOptions): Promise<readonly ErasedContact[]>;
  /** Lets the contacts in again. What was removed comes back only when it is fetched again. */
  remember(contactIds: readonly string[], options: ErasureOptions): Promise<void>;
  /** Those of these contacts that are kept out. */
  readForgotten(contactIds: readonly string[], options: CallOptions): Promise<readonly ErasedContact[]>;
}

/** How `forget` and `remember` are called. */
export interface ErasureOptions extends CallOptions {
  /**
   * An operator gives the command now, past the mailbox. So it is newer than all requests about these contacts that wait in a
   * mailbox: they are withdrawn in its commit, else the next holder would undo it. With `by`, a target that keeps an audit table
   * notes it there in the same commit; without `by` the act was noted before, when it was posted as a request.
   */
  readonly command?: { readonly stream: Stream; readonly by?: Operator };
}

/** A contact that is kept out. */
export interface ErasedContact {
  readonly contactId: string;
  /** How many of which kind were removed, such as `{ contacts: 1, transactions: 4 }`. Null: `forget` has not ended. */
  readonly erased: ErasedCounts | null;
}

/** Numbers by the name of a table, or of another part of the target. */
export type ErasedCounts = Readonly<Record<string, number>>;

/** The batch without what is about forgotten contacts: for the `write` of a store with {@link Erasure}. */
export function withoutForgotten(batch: Batch, isForgotten: (contactId: string) => boolean): Batch {
  const isKept = (contactId: string | null) => contactId === null || !isForgotten(contactId);
  return {
    ...batch,
    contacts: batch.contacts.filter(({ contactId }) => isKept(contactId)),
    inboundCalls: batch.inboundCalls.filter(({ values }) => isKept(contactOfCall(values))),
    deadLetters: batch.deadLetters.filter((letter) => isKept(contactOfLetter(letter))),
  };
}

/** The contact that a dead letter is about; that of an inbound call stands in its body alone. Null: it names none. */
export function contactOfLetter({ contactId, kind, body }: Pick<DeadLetter, 'contactId' | 'kind' | 'body'>) {
  return contactId !== null || kind !== 'inbound-call' ? contactId : contactOfCall(jsonOrNull(body));
}

/** The contact that an inbound call names; null: none. */
export function contactOfCall(values: Json): string | null {
  const contactId = isFields(values) ? fieldOf(values, 'contact_id') : null;
  return typeof contactId === 'string' && contactId !== '' ? contactId : null;
}
