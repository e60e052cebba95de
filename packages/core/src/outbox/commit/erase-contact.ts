import type { DatabaseSync } from 'node:sqlite';
import { contactOfLetter } from '../../contract/index.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeId } from '../file/stored-text.js';

/** The parts of the file whose rows are counted when a contact is erased. */
export type ErasedKind = 'messages' | 'attempts' | 'accepted_messages' | 'dead_letters' | 'contacts';

/**
 * Removes all rows of a contact from the file, except its hash in `forgotten`, within a commit. The statements are
 * prepared each time: erasing is rare, and some of them read a whole table. Returns how many rows of which kind were
 * removed.
 */
export function eraseContact(db: DatabaseSync, contactId: string): Record<ErasedKind, number> {
  const contact = storeId(contactId);
  const removeFrom = (table: string) => change(db, `DELETE FROM ${table} WHERE contact = ?`, contact);
  const messages = eraseWaiting(db, contact);
  const accepted_messages = change(db, ACCEPTED_BODIES, contact);
  change(db, DEAD_IN_LEDGER, contact);
  change(db, ACTS, contactId);
  change(db, AUDIT, contactId);
  removeFrom('deliveries');
  return {
    messages,
    accepted_messages,
    attempts: removeFrom('attempts'),
    dead_letters: removeFrom('dead_letters') + eraseCallLetters(db, contactId),
    contacts: removeFrom('contacts'),
  };
}

function change(db: DatabaseSync, text: string, ...values: readonly (StoredText | number)[]): number {
  return Number(db.prepare(text).run(...values).changes);
}

const ACCEPTED_BODIES = `DELETE FROM bodies WHERE message_nr IN (SELECT body_nr FROM attempts WHERE contact = ? AND body_nr IS NOT NULL)
   AND NOT EXISTS (SELECT 1 FROM messages WHERE nr = message_nr)`;

/** Removes the ledger entries of dead messages, so that after an undo their transactions are queued again. */
const DEAD_IN_LEDGER = `
  DELETE FROM ledger WHERE outcome = 2 AND accepted IS NULL AND (stream_nr, transaction_id) IN (
    SELECT stream_nr, transaction_id FROM dead_letters WHERE contact = ? AND transaction_id IS NOT NULL)`;

const ACTS = `
  UPDATE acts SET act = json_set(act, '$.selection', json('{"ids":[]}'))
  WHERE json_valid(act) AND json_extract(act, '$.selection.contactId') = ?`;

/** Keeps the act in the audit, and removes the id of the contact. */
const AUDIT = `
  UPDATE sync_audit SET subject = json_set(subject, '$.selection', json('{"contacts":1}'))
  WHERE json_valid(subject) AND json_extract(subject, '$.selection.contactId') = ?`;

interface WaitingRow {
  readonly nr: number;
  readonly stream_nr: number;
  readonly transaction_id: StoredText;
}

/**
 * Removes the waiting messages. A waiting message was never accepted in that version, so after an undo its transaction
 * is queued again.
 */
function eraseWaiting(db: DatabaseSync, contact: StoredText): number {
  const waiting = prepareQuery<WaitingRow>(db, 'SELECT nr, stream_nr, transaction_id FROM messages WHERE contact = ?');
  const messages = waiting.all(contact);
  for (const { nr, stream_nr, transaction_id } of messages) {
    change(db, 'DELETE FROM bodies WHERE message_nr = ?', nr);
    change(db, 'DELETE FROM messages WHERE nr = ?', nr);
    for (const text of [ACCEPTED_BEFORE, NEVER_ACCEPTED]) change(db, text, stream_nr, transaction_id, nr);
  }
  if (messages.length > 0) db.exec(COUNT_WAITING);
  return messages.length;
}

const ACCEPTED_BEFORE = `
  UPDATE ledger SET queued = accepted, accepted = NULL, outcome = 1, message_nr = NULL
  WHERE stream_nr = ? AND transaction_id = ? AND message_nr = ? AND accepted IS NOT NULL`;

const NEVER_ACCEPTED = 'DELETE FROM ledger WHERE stream_nr = ? AND transaction_id = ? AND message_nr = ?';

const COUNT_WAITING = `
  UPDATE streams SET messages = (SELECT count(*) FROM messages WHERE stream_nr = streams.nr),
    lines = (SELECT count(*) FROM messages WHERE stream_nr = streams.nr AND is_head = 1)`;

/** Removes the dead letters of inbound calls that name this contact in their body; they name it nowhere else. */
function eraseCallLetters(db: DatabaseSync, contactId: string): number {
  const letters = prepareQuery<{ readonly rowid: number; readonly body: StoredText }>(
    db,
    "SELECT rowid, body FROM dead_letters WHERE kind = 'inbound-call' AND contact IS NULL",
  );
  const call = { contactId: null, kind: 'inbound-call' } as const;
  // Bodies are read one at a time, since each may have megabytes.
  const its: number[] = [];
  for (const { rowid, body } of letters.iterate()) {
    if (contactOfLetter({ ...call, body: readText(body) }) === contactId) its.push(rowid);
  }
  for (const rowid of its) change(db, 'DELETE FROM dead_letters WHERE rowid = ?', rowid);
  return its.length;
}
