import { fieldRulesOfPlan } from '../../records/field-rules.js';
import type { KnownContact } from '../rows/contact-versions.js';
import type { LedgerEntry } from '../rows/delivery-ledger.js';
import type { MessageBody } from '../rows/message-body.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { StagedContact, StagedTransaction } from './staged-contact.js';
import { sameHash } from './transaction-hash.js';

/** Returns true where other rules for fields are all that may have changed of the transaction, and the outbox has followed them. */
export type Recast = (
  transaction: StagedTransaction,
  entry: LedgerEntry,
  bodyOf: (transaction: StagedTransaction) => MessageBody,
) => boolean;

/**
 * Follows a change of the rules for fields, which makes another content of every transaction: of the same body none is sent
 * again. A message that waits for its first attempt gets the body of now, also where the contact changed; a message that was
 * attempted stays as it was (R24). Null where the contact was written under the rules of now.
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
