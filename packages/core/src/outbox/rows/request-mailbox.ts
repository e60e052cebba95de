import type { DatabaseSync } from 'node:sqlite';
import { canonicalJson, readStoreRequest, type StoreRequest, withoutContacts } from '../../contract/index.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeText } from '../file/stored-text.js';

/** The requests of other processes to the holder of a stream. */
export interface RequestMailbox {
  /** Adds a request after all others, and replaces one of the same key. */
  post(streamNr: number, request: StoreRequest): void;
  /** Returns the requests, the oldest first. */
  list(streamNr: number): readonly StoreRequest[];
  remove(streamNr: number, key: string): void;
  /** Removes these contacts from all requests, of every stream. */
  withdraw(contactIds: ReadonlySet<string>): void;
}

export function createRequestMailbox(db: DatabaseSync): RequestMailbox {
  const add = db.prepare('INSERT INTO requests (stream_nr, request_key, body) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM requests WHERE stream_nr = ? AND request_key = ?');
  const list = prepareQuery<{ readonly request_key: string; readonly body: string }>(
    db,
    'SELECT request_key, body FROM requests WHERE stream_nr = ? ORDER BY nr',
  );
  const all = prepareQuery<{ readonly nr: number; readonly request_key: StoredText; readonly body: string }>(
    db,
    'SELECT nr, request_key, body FROM requests',
  );
  return {
    post(streamNr, request) {
      remove.run(streamNr, storeText(request.key));
      add.run(streamNr, storeText(request.key), canonicalJson({ ...request }));
    },
    list: (streamNr) =>
      list.all(streamNr).map(({ request_key, body }) => readStoreRequest(readText(request_key), body)),
    remove: (streamNr, key) => void remove.run(streamNr, storeText(key)),
    withdraw(contactIds) {
      for (const { nr, request_key, body } of all.all()) {
        const request = readStoreRequest(readText(request_key), body);
        const rest = withoutContacts(request, contactIds);
        if (rest === null) db.prepare('DELETE FROM requests WHERE nr = ?').run(nr);
        else if (rest !== request) {
          db.prepare('UPDATE requests SET body = ? WHERE nr = ?').run(canonicalJson({ ...rest }), nr);
        }
      }
    },
  };
}
