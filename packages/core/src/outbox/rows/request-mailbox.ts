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
  const list = prepareQuery<RequestRow>(db, `SELECT ${COLUMNS} FROM requests WHERE stream_nr = ? ORDER BY nr`, {
    key: 'nr',
  });
  const all = prepareQuery<RequestRow>(db, `SELECT ${COLUMNS} FROM requests`, { key: 'nr' });
  const removeNr = db.prepare('DELETE FROM requests WHERE nr = ?');
  return {
    post(streamNr, request) {
      remove.run(streamNr, storeText(request.key));
      add.run(streamNr, storeText(request.key), canonicalJson({ ...request }));
    },
    list: (streamNr) => list.all(streamNr).map(requestOf),
    remove(streamNr, key) {
      if (remove.run(streamNr, storeText(key)).changes > 0) return;
      // Another program may have stored the key in another form, such as a number.
      for (const row of list.all(streamNr)) if (readText(row.request_key) === key) removeNr.run(row.nr);
    },
    withdraw(contactIds) {
      for (const row of all.all()) {
        const request = requestOf(row);
        const rest = withoutContacts(request, contactIds);
        if (rest === null) removeNr.run(row.nr);
        else if (rest !== request) {
          db.prepare('UPDATE requests SET body = ? WHERE nr = ?').run(canonicalJson({ ...rest }), row.nr);
        }
      }
    },
  };
}

interface RequestRow {
  readonly nr: number;
  readonly request_key: StoredText;
  readonly body: string;
}

/**
 * The most bytes of a request: a longer row of another program would fill the memory. The file answers no body for it,
 * and cuts a longer key, so it is unreadable, and is removed by its key. SQLite knows the length without reading the row.
 */
const MAX_BODY_BYTES = 4 << 20;
const MAX_KEY_LENGTH = 2_000;

const COLUMNS = `nr, substr(request_key, 1, ${MAX_KEY_LENGTH}) AS request_key,
  iif(octet_length(body) > ${MAX_BODY_BYTES}, '', body) AS body`;

function requestOf({ request_key, body }: RequestRow): StoreRequest {
  return readStoreRequest(readText(request_key), body);
}
