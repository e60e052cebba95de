import type { DatabaseSync } from 'node:sqlite';
import {
  canonicalJson,
  REQUEST_BYTES,
  readStoreRequest,
  type StoreRequest,
  withoutContacts,
} from '../../contract/index.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeText } from '../file/stored-text.js';

/** The requests of other processes to the holder of a stream. */
export interface RequestMailbox {
  /** Adds a request after all others, and replaces one of the same key. */
  post(streamNr: number, request: StoreRequest): void;
  /**
   * Returns the oldest requests, the oldest first. Together they have at most `maxBytes`, but at least one is returned.
   */
  list(streamNr: number, part: RequestPart): readonly StoreRequest[];
  remove(streamNr: number, key: string): void;
  /** Removes these contacts from all requests, of every stream. */
  withdraw(contactIds: ReadonlySet<string>): void;
}

/** The part of the mailbox that a call reads. Absent: no limit. */
export interface RequestPart {
  readonly limit?: number;
  readonly maxBytes?: number;
  /** Only the requests after the one with this key. If absent, or if there is no such key: from the oldest on. */
  readonly after?: string;
}

export function createRequestMailbox(db: DatabaseSync): RequestMailbox {
  const add = db.prepare('INSERT INTO requests (stream_nr, request_key, body) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM requests WHERE stream_nr = ? AND request_key = ?');
  const list = prepareQuery<RequestRow>(
    db,
    `SELECT ${COLUMNS} FROM requests WHERE stream_nr = ? AND nr > ? ORDER BY nr LIMIT ?`,
    {
      key: 'nr',
    },
  );
  const keys = prepareQuery<Pick<RequestRow, 'nr' | 'request_key'>>(
    db,
    `SELECT nr, ${KEY} FROM requests WHERE stream_nr = ?`,
    { key: 'nr' },
  );
  const byKey = prepareQuery<Pick<RequestRow, 'nr'>>(
    db,
    'SELECT nr FROM requests WHERE stream_nr = ? AND request_key = ?',
    { key: 'nr' },
  );
  const next = prepareQuery<RequestRow>(db, `SELECT ${COLUMNS} FROM requests WHERE nr > ? ORDER BY nr LIMIT 1`, {
    key: 'nr',
  });
  const removeNr = db.prepare('DELETE FROM requests WHERE nr = ?');
  const placeOf = (streamNr: number, after: string | undefined): number => {
    if (after !== undefined) {
      const exact = byKey.get(streamNr, storeText(after));
      if (exact !== undefined) return exact.nr;
      // Another program may have stored the key in another form, such as a number.
      for (const { nr, request_key } of keys.iterate(streamNr)) if (readText(request_key) === after) return nr;
    }
    return Number.MIN_SAFE_INTEGER;
  };
  return {
    post(streamNr, request) {
      remove.run(streamNr, storeText(request.key));
      add.run(streamNr, storeText(request.key), canonicalJson({ ...request }));
    },
    list(streamNr, { limit = -1, maxBytes = Number.POSITIVE_INFINITY, after }) {
      const requests: StoreRequest[] = [];
      let bytes = 0;
      for (const row of list.iterate(streamNr, placeOf(streamNr, after), limit)) {
        bytes += Buffer.byteLength(row.body);
        if (requests.length > 0 && bytes > maxBytes) break;
        requests.push(requestOf(row));
      }
      return requests;
    },
    remove(streamNr, key) {
      if (remove.run(streamNr, storeText(key)).changes > 0) return;
      // Another program may have stored the key in another form, such as a number.
      const found: number[] = [];
      for (const row of keys.iterate(streamNr)) if (readText(row.request_key) === key) found.push(row.nr);
      for (const nr of found) removeNr.run(nr);
    },
    withdraw(contactIds) {
      for (let row = next.get(Number.MIN_SAFE_INTEGER); row !== undefined; row = next.get(row.nr)) {
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
 * The largest number of characters of a key. A longer row of another program would fill the memory, so the query cuts
 * its key, and returns no body of more than `REQUEST_BYTES`. Such a request is unreadable, and is removed by its key.
 * SQLite knows the length without reading the row.
 */
const MAX_KEY_LENGTH = 2_000;

const KEY = `substr(request_key, 1, ${MAX_KEY_LENGTH}) AS request_key`;
const COLUMNS = `nr, ${KEY}, iif(octet_length(body) > ${REQUEST_BYTES}, '', body) AS body`;

function requestOf({ request_key, body }: RequestRow): StoreRequest {
  return readStoreRequest(readText(request_key), body);
}
