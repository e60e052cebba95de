import type { CallOptions, SinkError } from '@dbsync/core/contract';
import type { CompiledQuery } from 'kysely';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncTables } from '../engine/sync-tables.js';
import { tellNoAudit } from '../stream/audit.js';
import { tellNoHeartbeats } from '../stream/heartbeats.js';
import { areAll, missingSyncTables } from '../stream/missing-sync-tables.js';
import { createSyncTable } from './create-tables.js';
import { newGeneration } from './lost-parts.js';
import { refusePreviousTables } from './previous-tables.js';

/** Makes dbsync's own tables where they are missing, so that streams can be claimed. */
export async function prepareSyncTables(context: SqlContext, options: CallOptions): Promise<void> {
  const missing = await missingSyncTables(context, options);
  if (areAll(missing)) await refusePreviousTables(context, options);
  for (const table of missing) await createOnce(context, table, createSyncTable(context, table), options);
  await insertVersionRow(context, options);
  const refusal = await createLater(context, 'sync_audit', options);
  if (refusal !== null) tellNoAudit(context, ` (${refusal.message})`);
  // Made now, so that an account which may create no tables can forget contacts and mirror deletions later.
  await createLater(context, 'sync_forgotten', options);
  await createLater(context, 'sync_missing', options);
  const withoutHeartbeats = await createLater(context, 'sync_heartbeats', options);
  if (withoutHeartbeats !== null) tellNoHeartbeats(context, withoutHeartbeats.message);
}

/** The tables that a start makes where they are missing, beside those without which no stream can be claimed. */
export const MADE_LATER = ['sync_audit', 'sync_forgotten', 'sync_missing', 'sync_heartbeats'] as const;

/**
 * Makes a table that copies of earlier versions lack. Where the account may not create tables, the copy continues
 * without it, and the refusal is returned.
 */
async function createLater(
  context: SqlContext,
  table: (typeof MADE_LATER)[number],
  options: CallOptions,
): Promise<SinkError | null> {
  try {
    await createMissing(context, table, options);
    return null;
  } catch (error) {
    const known = context.engine.toSinkError(error);
    if (known.connectionLost || known.verdict !== 'fatal') throw error;
    return known;
  }
}

/** Makes the table unless it is there: an account that may create none uses the table that another account made. */
export async function createMissing(context: SqlContext, table: keyof SyncTables, options: CallOptions): Promise<void> {
  if ((await context.session.schema.describe(context.names[table], options)) !== null) return;
  await createOnce(context, table, createSyncTable(context, table), options);
}

/** Creates a table. Two processes may start at once: each accepts the table that the other one made. */
export async function createOnce(
  { names, session }: SqlContext,
  table: keyof SyncTables,
  create: CompiledQuery,
  options: CallOptions,
): Promise<void> {
  try {
    await session.schema.alter(create, options);
  } catch (error) {
    if ((await session.schema.describe(names[table], options)) === null) throw error;
  }
}

/**
 * Inserts the row of the version. Where it is missing though rows have proofs, the map was lost, and with it which
 * column belongs to which field: the proofs are void.
 */
async function insertVersionRow({ db, names, session }: SqlContext, options: CallOptions): Promise<void> {
  const isThere = async () =>
    (await db.selectFrom('sync_columns').select('version').where('table_name', '=', '').execute(options)).length > 0;
  if (await isThere()) return;
  const contacts = await session.schema.describe(names.contacts, options);
  const hasProofs = contacts?.columns.some(({ name }) => name === '$sync') ?? false;
  const field = JSON.stringify(hasProofs ? newGeneration() : '');
  try {
    await db
      .insertInto('sync_columns')
      .values({ table_name: '', field_key: '', field, column_name: '', folded: '', filled: 1, version: 1 })
      .execute(options);
  } catch (error) {
    if (!(await isThere())) throw error;
  }
}
