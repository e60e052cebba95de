import type { CallOptions } from '@dbsync/core/contract';
import type { CompiledQuery } from 'kysely';
import { hasAudit, tellNoAudit } from './audit.js';
import { createSyncTable } from './create-tables.js';
import { newGeneration } from './lost-parts.js';
import { areAll, missingSyncTables } from './missing-sync-tables.js';
import { refusePreviousTables } from './previous-tables.js';
import type { SqlContext } from './sql-context.js';
import type { SyncTables } from './sync-tables.js';

/** Makes our own tables where they are missing, so that streams can be claimed. */
export async function prepareSyncTables(context: SqlContext, options: CallOptions): Promise<void> {
  const missing = await missingSyncTables(context, options);
  if (areAll(missing)) await refusePreviousTables(context, options);
  for (const table of missing) await createOnce(context, table, createSyncTable(context, table), options);
  await insertVersionRow(context, options);
  await createAudit(context, options);
}

/** A copy from before the audit goes on where the account may not create tables. */
async function createAudit(context: SqlContext, options: CallOptions): Promise<void> {
  if (await hasAudit(context, options)) return;
  try {
    await createOnce(context, 'sync_audit', createSyncTable(context, 'sync_audit'), options);
  } catch (error) {
    const known = context.engine.toSinkError(error);
    if (known.connectionLost || known.verdict !== 'fatal') throw error;
    tellNoAudit(context, ` (${known.message})`);
  }
}

/** Two may start at once: the table of the one is as good as that of the other. */
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

/** Where it is missing though rows have proofs, the map was lost, and with it which column is whose: the proofs are void. */
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
