import { type CallOptions, canonicalJson, readStoreRequest, withoutContacts } from '@dbsync/core/contract';
import type { Kysely } from 'kysely';
import type { SyncTables } from '../engine/sync-tables.js';

/** Takes these contacts out of all waiting requests, of every stream, because a newer command is carried out. */
export async function withdrawRequests(
  db: Kysely<SyncTables>,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<void> {
  const asked = new Set(contactIds);
  const rows = await db.selectFrom('sync_requests').select(['stream', 'request_key', 'body']).execute(options);
  for (const { stream, request_key, body } of rows) {
    const request = readStoreRequest(request_key, body);
    const rest = withoutContacts(request, asked);
    if (rest === request) continue;
    const isIt = { stream, request_key };
    if (rest === null) {
      await db
        .deleteFrom('sync_requests')
        .where((eb) => eb.and(isIt))
        .execute(options);
    } else {
      const changed = db.updateTable('sync_requests').set({ body: canonicalJson({ ...rest }) });
      await changed.where((eb) => eb.and(isIt)).execute(options);
    }
  }
}
