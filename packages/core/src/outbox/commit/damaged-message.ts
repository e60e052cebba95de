import { readText } from '../file/stored-text.js';
import { DEAD, type LedgerEntry } from '../rows/delivery-ledger.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { MessageRow } from '../rows/waiting-messages.js';
import { moveToDeadLetters, type SettleContext } from './settle-outcome.js';

const CODE = 'OUTBOX_MESSAGE_DAMAGED';
const REASON = 'The state file has lost the body of the message, or the body cannot be read';
/** The hash for a forgotten version: no transaction has this hash. */
const NO_VERSION = new Uint8Array();

/**
 * Gives up a message whose body cannot be read (R36). It becomes a dead letter, and the next message of its contact
 * becomes the first. The ledger forgets the queued version of its transaction, and the contact's version is forgotten
 * too, so the next listing makes dbsync fetch the contact again and queue the transaction again. Returns the text for
 * the log.
 */
export function giveUpDamaged(rows: OutboxRows, message: MessageRow, context: SettleContext): string {
  const { stream, nowMs } = context;
  const { attempts, failing_since_ms: failingSinceMs, transaction_id } = message;
  const contactId = readText(message.contact);
  const entry = rows.ledger.find(stream.nr, transaction_id);
  const failure = { atMs: nowMs, reason: REASON, answer: '' };
  moveToDeadLetters(rows, message, { code: CODE, failure, attempts, failingSinceMs }, context);
  if (entry && (entry.message_nr === message.nr || isLost(rows, entry))) {
    rows.ledger.put(stream.nr, transaction_id, forgotten(entry));
    const known = rows.contacts.find(stream.nr, contactId);
    if (known) rows.contacts.put(stream.nr, contactId, null, known);
  }
  return (
    `${REASON}: the message of transaction ${readText(transaction_id)} of contact ${contactId}. It is a dead letter, ` +
    'and dbsync queues the transaction again when it next fetches the contact.'
  );
}

/** Returns whether the ledger names a message that is not there: another program has changed its number. */
function isLost({ messages }: OutboxRows, { message_nr }: LedgerEntry): boolean {
  return message_nr !== null && messages.find(message_nr) === undefined;
}

function forgotten({ accepted }: LedgerEntry): LedgerEntry {
  return { queued: NO_VERSION, accepted, outcome: DEAD, message_nr: null };
}
