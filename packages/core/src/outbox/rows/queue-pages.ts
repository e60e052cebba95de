import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';
import type { StoredText } from '../file/stored-text.js';
import type { MessageRow } from './waiting-messages.js';

/** The waiting messages page by page, in the order of the queue, for acts of operators. */
export interface QueuePages {
  /** Returns the first messages of contacts that wait for their time, after a place. */
  pausedHeads(streamNr: number, after: number, limit: number): readonly MessageRow[];
  list(streamNr: number, after: number, limit: number): readonly MessageRow[];
  /** Returns the messages of one contact, the first one first. */
  ofContact(streamNr: number, contact: StoredText): readonly MessageRow[];
}

export function createQueuePages(db: DatabaseSync): QueuePages {
  const pausedHeads = prepareQuery<MessageRow>(
    db,
    `SELECT * FROM messages NOT INDEXED
     WHERE nr > ? AND stream_nr = ? AND is_head = 1 AND retry_ms IS NOT NULL ORDER BY nr LIMIT ?`,
    { key: 'nr' },
  );
  const list = prepareQuery<MessageRow>(
    db,
    'SELECT * FROM messages NOT INDEXED WHERE nr > ? AND stream_nr = ? ORDER BY nr LIMIT ?',
    { key: 'nr' },
  );
  const ofContact = prepareQuery<MessageRow>(
    db,
    'SELECT * FROM messages WHERE stream_nr = ? AND contact = ? ORDER BY nr',
    { key: 'nr' },
  );
  return {
    pausedHeads: (streamNr, after, limit) => pausedHeads.all(after, streamNr, limit),
    list: (streamNr, after, limit) => list.all(after, streamNr, limit),
    ofContact: (streamNr, contact) => ofContact.all(streamNr, contact),
  };
}
