import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from './prepared-query.js';
import { type StoredText, storeId } from './stored-text.js';

/** Removes all that the file holds of a contact, but for what stands for it in `forgotten`. It is called within a commit. */
export interface ContactEraser {
  /** Returns how many rows of which kind were removed. */
  erase(contactId: string): Record<ErasedKind, number>;
}

type ErasedKind = 'messages' | 'attempts' | 'accepted_messages' | 'dead_letters' | 'contacts';

interface WaitingRow {
  readonly nr: number;
  readonly stream_nr: number;
  readonly transaction_id: StoredText;
}

export function createContactEraser(db: DatabaseSync): ContactEraser {
  const waiting = prepareQuery<WaitingRow>(
    db,
    'SELECT nr, stream_nr, transaction_id FROM messages NOT INDEXED WHERE contact = ? ORDER BY nr',
  );
  const removeBody = db.prepare('DELETE FROM bodies WHERE message_nr = ?');
  const removeMessages = db.prepare('DELETE FROM messages WHERE contact = ?');
  // What waited was never accepted in that version, so after an undo it is queued again.
  const acceptedBefore = db.prepare(`
    UPDATE ledger SET queued = accepted, accepted = NULL, outcome = 1, message_nr = NULL
    WHERE stream_nr = ? AND transaction_id = ? AND message_nr = ? AND accepted IS NOT NULL`);
  const neverAccepted = db.prepare('DELETE FROM ledger WHERE stream_nr = ? AND transaction_id = ? AND message_nr = ?');
  const count = db.prepare(`
    UPDATE streams SET messages = (SELECT count(*) FROM messages WHERE stream_nr = streams.nr),
      lines = (SELECT count(*) FROM messages WHERE stream_nr = streams.nr AND is_head = 1)`);
  const acceptedBodies = db.prepare(
    'DELETE FROM bodies WHERE message_nr IN (SELECT body_nr FROM attempts WHERE contact = ? AND body_nr IS NOT NULL)',
  );
  // A message that was refused for good: after an undo its transaction is queued anew.
  const deadInLedger = db.prepare(`
    DELETE FROM ledger WHERE outcome = 2 AND accepted IS NULL AND (stream_nr, transaction_id) IN (
      SELECT stream_nr, transaction_id FROM dead_letters WHERE contact = ? AND transaction_id IS NOT NULL)`);
  const removals = {
    attempts: db.prepare('DELETE FROM attempts WHERE contact = ?'),
    dead_letters: db.prepare('DELETE FROM dead_letters WHERE contact = ?'),
    contacts: db.prepare('DELETE FROM contacts WHERE contact = ?'),
  };
  const removeDeliveries = db.prepare('DELETE FROM deliveries WHERE contact = ?');
  const blankActs = db.prepare(`
    UPDATE acts SET act = json_set(act, '$.selection', json('{"ids":[]}'))
    WHERE json_valid(act) AND json_extract(act, '$.selection.contactId') = ?`);

  const removeWaiting = (contact: StoredText): number => {
    const messages = waiting.all(contact);
    for (const { nr, stream_nr, transaction_id } of messages) {
      removeBody.run(nr);
      acceptedBefore.run(stream_nr, transaction_id, nr);
      neverAccepted.run(stream_nr, transaction_id, nr);
    }
    removeMessages.run(contact);
    if (messages.length > 0) count.run();
    return messages.length;
  };

  return {
    erase(contactId) {
      const contact = storeId(contactId);
      const messages = removeWaiting(contact);
      const accepted_messages = Number(acceptedBodies.run(contact).changes);
      removeDeliveries.run(contact);
      blankActs.run(contactId);
      deadInLedger.run(contact);
      const removed = (name: keyof typeof removals) => Number(removals[name].run(contact).changes);
      return {
        messages,
        accepted_messages,
        attempts: removed('attempts'),
        dead_letters: removed('dead_letters'),
        contacts: removed('contacts'),
      };
    },
  };
}
