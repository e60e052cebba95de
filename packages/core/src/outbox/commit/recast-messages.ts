import { fieldRulesOfPlan } from '../../records/field-rules.js';
import type { KnownContact } from '../rows/contact-versions.js';
import type { LedgerEntry } from '../rows/delivery-ledger.js';
import type { MessageBody } from '../rows/message-body.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { StagedContact, StagedTransaction } from './staged-contact.js';
import { sameHash } from './transaction-hash.js';

/** Returns true if only the field rules may have changed the transaction, and the outbox has followed the change. */
export type Recast = (
  transaction: StagedTransaction,
  entry: LedgerEntry,
  bodyOf: (transaction: StagedTransaction) => MessageBody,
) => boolean;

/**
 * Follows a change of the field rules, which changes the content of every transaction. If the contact's body is the
 * same, no transaction is sent again. A message that waits for its first attempt gets the new content, even if the
 * contact changed. A message that was attempted stays unchanged (R24). Returns null if the contact was written under
 * the current rules.
 */
export function createRecast(
  { ledger, messages }: OutboxRows,
  { tree }: StagedContact,
  known: KnownContact,
  { streamNr, plan }: { readonly streamNr: number; readonly plan: string },
): Recast | null {
  if (known.plan === plan || fieldRulesOfPlan(known.plan) === fieldRulesOfPlan(plan)) return null;
  const isSameBody = tree.md5 !== null && known.md5 === tree.md5;
  return (transaction, entry, bodyOf) => {
    const { id, hash } = transaction;
    const waiting = entry.message_nr === null ? undefined : messages.find(entry.message_nr);
    if (waiting?.state === null) messages.replace(waiting.nr, hash, bodyOf(transaction));
    else if (waiting !== undefined || !isSameBody || sameHash(entry.queued, hash)) return false;
    ledger.put(streamNr, id, { ...entry, queued: hash });
    return true;
  };
}
