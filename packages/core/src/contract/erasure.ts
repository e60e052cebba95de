import type { Batch, Stream } from './batch.js';
import type { CallOptions } from './call-options.js';
import type { DeadLetter } from './dead-letter.js';
import { fieldOf, isFields, type Json } from './json.js';
import { jsonOrNull } from './json-or-null.js';
import type { Operator } from './operator-act.js';

/**
 * Erasure of contacts, for a store that supports it. The calls need no claim, and may run beside the writes of any
 * holder, also of another process.
 *
 * The promise: once `forget` has returned, the target holds no row, call, message or dead letter of these contacts, and
 * no later commit brings one, under any claim, also of a write that began before. `write` leaves out all that belongs
 * to a forgotten contact and commits the rest. `readVersions` reports `forgotten`, so core never asks for such a
 * contact. The target keeps a salted hash of the id, never the id itself.
 */
export interface Erasure {
  /**
   * Keeps the contacts out, then removes all that the target holds of them, under any stream. A second call removes the
   * rest that an interrupted first one left, and changes nothing otherwise. Returns one entry for each id, in the same
   * order.
   */
  forget(contactIds: readonly string[], options: ErasureOptions): Promise<readonly ErasedContact[]>;
  /** Lets the contacts in again. Removed data comes back only when it is fetched again. */
  remember(contactIds: readonly string[], options: ErasureOptions): Promise<void>;
  /** Returns those of these contacts that are kept out. */
  readForgotten(contactIds: readonly string[], options: CallOptions): Promise<readonly ErasedContact[]>;
}

/** The options of `forget` and `remember`. */
export interface ErasureOptions extends CallOptions {
  /**
   * Set where an operator gives the command now, without the mailbox. So it is newer than all requests about these
   * contacts that wait in a mailbox: they are withdrawn in its commit, else the next holder would undo it. With `by`, a
   * target that keeps an audit table notes it there in the same commit; without `by` the act was noted before, when it
   * was posted as a request.
   */
  readonly command?: { readonly stream: Stream; readonly by?: Operator };
}

/** A contact that is kept out. */
export interface ErasedContact {
  readonly contactId: string;
  /**
   * The number of removed records by kind, such as `{ contacts: 1, transactions: 4 }`. Null: `forget` has not ended.
   */
  readonly erased: ErasedCounts | null;
}

/** Numbers by the name of a table, or of another part of the target. */
export type ErasedCounts = Readonly<Record<string, number>>;

/** Returns the batch without the parts of forgotten contacts: for the `write` of a store with {@link Erasure}. */
export function withoutForgotten(batch: Batch, isForgotten: (contactId: string) => boolean): Batch {
  const isKept = (contactId: string | null) => contactId === null || !isForgotten(contactId);
  return {
    ...batch,
    contacts: batch.contacts.filter(({ contactId }) => isKept(contactId)),
    inboundCalls: batch.inboundCalls.filter(({ values }) => isKept(contactOfCall(values))),
    deadLetters: batch.deadLetters.filter((letter) => isKept(contactOfLetter(letter))),
  };
}

/** Returns the contact of a dead letter; only its body names the contact of an inbound call. Null: it names none. */
export function contactOfLetter({ contactId, kind, body }: Pick<DeadLetter, 'contactId' | 'kind' | 'body'>) {
  return contactId !== null || kind !== 'inbound-call' ? contactId : contactOfCall(jsonOrNull(body));
}

/** Returns the contact that an inbound call names; null: none. */
export function contactOfCall(values: Json): string | null {
  const contactId = isFields(values) ? fieldOf(values, 'contact_id') : null;
  return typeof contactId === 'string' && contactId !== '' ? contactId : null;
}
