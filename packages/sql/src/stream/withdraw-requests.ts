import { type CallOptions, canonicalJson, withoutContacts } from '@dbsync/core/contract';
import type { Kysely } from 'kysely';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncTables } from '../engine/sync-tables.js';
import { requestsOf, wholeRequest } from './request-rows.js';

/** The requests that are read at a time. */
const PAGE = 100;

/** Takes these contacts out of all waiting requests, of every stream, because a newer command is carried out. */
export async function withdrawRequests(
  { engine }: Pick<SqlContext, 'engine'>,
  db: Kysely<SyncTables>,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<void> {
  const asked = new Set(contactIds);
  for (const { stream } of await db.selectFrom('sync_requests').select('stream').distinct().execute(options)) {
    let after: string | undefined;
    do {
      let query = requestsOf({ engine }, db, stream).orderBy('request_key').modifyEnd(engine.types.firstRows(PAGE));
      if (after !== undefined) query = query.where('request_key', '>', after);
      const rows = await query.execute(options);
      for (const row of rows) {
        const request = await wholeRequest(db, stream, row, options);
        const rest = request && withoutContacts(request, asked);
        if (rest === request) continue;
        await replace(db, stream, row.request_key, rest === null ? null : canonicalJson({ ...rest }), options);
      }
      after = rows.length < PAGE ? undefined : rows.at(-1)?.request_key;
    } while (after !== undefined);
  }
}

/** Stores the rest of a request; null: nothing is left of it. */
async function replace(
  db: Kysely<SyncTables>,
  stream: string,
  request_key: string,
  body: string | null,
  options: CallOptions,
): Promise<void> {
  if (body === null) {
    const removal = db.deleteFrom('sync_requests').where('stream', '=', stream);
    await removal.where('request_key', '=', request_key).execute(options);
  } else {
    const change = db.updateTable('sync_requests').set({ body }).where('stream', '=', stream);
    await change.where('request_key', '=', request_key).execute(options);
  }
}
