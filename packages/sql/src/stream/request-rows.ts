import { type CallOptions, REQUEST_BYTES, readStoreRequest, type StoreRequest } from '@dbsync/core/contract';
import { type Kysely, sql } from 'kysely';
import { byteLength } from '../engine/byte-length.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncTables } from '../engine/sync-tables.js';

/** The part of the mailbox that a call reads. Absent: no limit. */
export interface RequestLimits {
  readonly limit?: number;
  readonly maxBytes?: number;
  /** Only the requests behind the one with this key, where there is one. */
  readonly after?: string;
}

/** Longer requests are read one at a time. */
const SHORT_BYTES = 64 << 10;
/** The most bytes of a request in any encoding of a database. */
const STORED_BYTES = 2 * REQUEST_BYTES;

/** A row of the mailbox. The body is empty where it is longer than `SHORT_BYTES`. */
export interface RequestRow {
  readonly request_key: string;
  readonly body: string;
  readonly bytes: number | string | bigint | null;
}

/** Returns a query for the requests of the stream, with short bodies alone. */
export function requestsOf({ engine }: Pick<SqlContext, 'engine'>, db: Kysely<SyncTables>, stream: string) {
  const bytes = byteLength(engine, 'body');
  return db
    .selectFrom('sync_requests')
    .select([
      'request_key',
      sql<string>`case when ${bytes} > ${sql.lit(SHORT_BYTES)} then ${sql.lit('')} else body end`.as('body'),
      bytes.as('bytes'),
    ])
    .where('stream', '=', stream);
}

/** Returns how much memory the request takes; a row that is too long for one is not read. */
export function bytesInMemory(row: RequestRow): number {
  const bytes = Number(row.bytes ?? 0);
  return bytes > STORED_BYTES ? 0 : bytes;
}

/** Reads the request of a row whole; null: it is gone. */
export async function wholeRequest(
  db: Kysely<SyncTables>,
  stream: string,
  { request_key, body, bytes }: RequestRow,
  options: CallOptions,
): Promise<StoreRequest | null> {
  const length = Number(bytes ?? 0);
  if (length <= SHORT_BYTES) return readStoreRequest(request_key, body);
  if (length > STORED_BYTES) return { key: request_key, kind: 'unreadable' };
  const its = db.selectFrom('sync_requests').where('stream', '=', stream).where('request_key', '=', request_key);
  // The row may have been replaced by a longer one. A cut text is no JSON.
  const cut = sql<string>`substring(body, 1, ${sql.lit(REQUEST_BYTES)})`.as('body');
  const row = await its.select(cut).executeTakeFirst(options);
  return row === undefined ? null : readStoreRequest(request_key, row.body);
}
