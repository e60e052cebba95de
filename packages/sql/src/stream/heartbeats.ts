import type { CallOptions, Claim, KeptHeartbeat, Stream } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import { storedCount } from './stored-whole.js';

/** The most characters of a heartbeat that are read: a longer one is not core's. */
const MAX_HEARTBEAT = 2_000;

/** True where the table is there. A copy of an earlier version gets it at the next start by an account that may make tables. */
export async function hasHeartbeats({ names, session }: SqlContext, options: CallOptions): Promise<boolean> {
  return (await session.schema.describe(names.sync_heartbeats, options)) !== null;
}

/**
 * Keeps the heartbeat of a stream: one UPDATE, where a row is there. It changes nothing where another claim holds the
 * stream.
 */
export async function keepHeartbeat(
  { db, engine }: SqlContext,
  { stream, holder }: Claim,
  heartbeat: string,
  options: CallOptions,
): Promise<void> {
  const kept = { holder, kept_at: engine.types.clockMs, body: heartbeat };
  const { numUpdatedRows } = await db
    .updateTable('sync_heartbeats')
    .set(kept)
    .where('stream', '=', stream)
    .where((eb) => eb.exists(eb.selectFrom('sync_state').select('holder').where(eb.and({ stream, holder }))))
    .executeTakeFirst(options);
  if (numUpdatedRows > 0n) return;
  const isThere = async () =>
    (await db.selectFrom('sync_heartbeats').select('stream').where('stream', '=', stream).execute(options)).length > 0;
  if (await isThere()) return;
  try {
    await db
      .insertInto('sync_heartbeats')
      .values({ stream, ...kept })
      .execute(options);
  } catch (error) {
    if (!(await isThere())) throw error;
  }
}

/** Reads the last heartbeat of a stream; null: there is none, or it is not core's. */
export async function readHeartbeat(
  { db, engine }: SqlContext,
  stream: Stream,
  options: CallOptions,
): Promise<KeptHeartbeat | null> {
  const row = await db
    .selectFrom('sync_heartbeats')
    .select(['holder', 'kept_at', 'body', engine.types.clockMs.as('now')])
    .where('stream', '=', stream)
    .executeTakeFirst(options);
  if (row === undefined || row.body.length > MAX_HEARTBEAT) return null;
  return { text: row.body, holder: row.holder, ageMs: Math.abs(storedCount(row.now) - storedCount(row.kept_at)) };
}

/** Notifies that the table of heartbeats could not be made. */
export function tellNoHeartbeats({ names, notify }: SqlContext, reason: string): void {
  const message = `${names.sync_heartbeats} is missing (${reason}), so dbsync status does not know the last cycle. Start dbsync once with an account that may create tables.`;
  notify({ level: 'info', code: 'SQL_HEARTBEATS_MISSING', message });
}
