import {
  actOnContacts,
  type CallOptions,
  type ErasedContact,
  type ErasedCounts,
  type Erasure,
  type ErasureOptions,
  jsonOrNull,
} from '@dbsync/core/contract';
import type { Kysely, Selectable } from 'kysely';
import type { SqlContext } from './engine/sql-context.js';
import type { SyncForgottenTable, SyncTables } from './engine/sync-tables.js';
import type { OpenDatabase } from './open-database.js';
import { moveVersion } from './schema/column-map.js';
import type { SchemaKeeper } from './schema/schema-keeper.js';
import { createMissing } from './schema/sync-setup.js';
import { hasAudit, noteAct, tellNoAudit } from './stream/audit.js';
import { findLettersOf } from './stream/find-letters-of.js';
import { findForgotten, forgottenHash, newSalt } from './stream/forgotten-contacts.js';
import { readClock } from './stream/lease.js';
import { deleteAllNotes } from './stream/missed-notes.js';
import { withdrawRequests } from './stream/withdraw-requests.js';
import { deleteRows, findRowsOf } from './write/erase-contacts.js';

/**
 * Creates the erasure in a SQL database. First it commits the hashes of the contacts together with a new version of the
 * column map: every write that was made before, by any process, then fails its version guard and is made again without
 * these contacts. So after that commit no row of theirs can appear, and the rows found then are all there are.
 */
export function createSqlErasure({ call }: Pick<OpenDatabase, 'call'>): Erasure {
  return {
    forget: (contactIds, options) =>
      call(options, async (context, schema) => {
        await keepOut(context, contactIds, options);
        schema.forget();
        await erase(context, schema, contactIds, options);
        await context.session.scrub?.(options);
        return readKeptOut(context, contactIds, options);
      }),
    remember: (contactIds, options) =>
      call(options, async (context, schema) => {
        await letIn(context, contactIds, options);
        schema.forget();
      }),
    readForgotten: (contactIds, options) => call(options, (context) => readKeptOut(context, contactIds, options)),
  };
}

async function keepOut(context: SqlContext, contactIds: readonly string[], options: ErasureOptions): Promise<void> {
  await createMissing(context, 'sync_forgotten', options);
  const forgotten_at = String(await readClock(context, options));
  const obey = await prepareCommand(context, 'forget', contactIds, options);
  await context.db.transaction().execute(async (transaction) => {
    await moveVersion(transaction, options);
    await obey(transaction);
    const rows = await readRows(transaction, options);
    const salt = rows[0]?.salt ?? newSalt();
    for (const contactId of new Set(contactIds)) {
      if (findForgotten(rows, contactId) !== undefined) continue;
      const row = { contact_hash: forgottenHash(contactId, salt), salt, forgotten_at, erased: null };
      await transaction.insertInto('sync_forgotten').values(row).execute(options);
    }
  });
}

/**
 * Returns the additions of a command to its transaction: older requests go, and the audit gets a row. Returns nothing
 * for a call of a holder.
 */
async function prepareCommand(
  context: SqlContext,
  kind: 'forget' | 'remember',
  contactIds: readonly string[],
  { command, ...options }: ErasureOptions,
): Promise<(transaction: Kysely<SyncTables>) => Promise<void>> {
  if (command === undefined) return async () => {};
  const { stream, by } = command;
  const isNoted = by !== undefined && (await hasAudit(context, options));
  if (by !== undefined && !isNoted) tellNoAudit(context, '');
  return async (transaction) => {
    await withdrawRequests(context, transaction, contactIds, options);
    if (isNoted) await noteAct(context, transaction, stream, actOnContacts(kind, contactIds.length), by, options);
  };
}

/** Deletes all rows and dead letters, and notes how many there were, in one transaction. */
async function erase(
  context: SqlContext,
  schema: SchemaKeeper,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<void> {
  const { plans } = await schema.current(options);
  const rows = plans === null ? null : await findRowsOf(context, plans, contactIds, options);
  const letters = await findLettersOf(context, contactIds, options);
  const notes = await deleteAllNotes(context, contactIds, options);
  const counts = countsOf([...(rows ?? []), ['dead_letters', letters.owners]]);
  const deletes = [
    ...(plans === null || rows === null ? [] : deleteRows(context, plans, rows)),
    ...letters.deletes,
    ...notes,
  ];
  const noted = await readRows(context.db, options);
  // The transaction only writes: SQLite refuses one that reads first while another one writes.
  await context.db.transaction().execute(async (transaction) => {
    for (const statement of deletes) await transaction.executeQuery(statement, options);
    for (const contactId of contactIds) {
      const row = findForgotten(noted, contactId);
      if (row === undefined) continue;
      const erased = JSON.stringify(sumOf(erasedIn(row) ?? {}, counts.get(contactId) ?? {}));
      const update = transaction.updateTable('sync_forgotten').set({ erased });
      await update.where('contact_hash', '=', row.contact_hash).execute(options);
    }
  });
}

async function letIn(context: SqlContext, contactIds: readonly string[], options: ErasureOptions): Promise<void> {
  const anyForgotten = await isThere(context, options);
  const obey = await prepareCommand(context, 'remember', contactIds, options);
  await context.db.transaction().execute(async (transaction) => {
    await moveVersion(transaction, options);
    await obey(transaction);
    const rows = anyForgotten ? await readRows(transaction, options) : [];
    for (const contactId of contactIds) {
      const row = findForgotten(rows, contactId);
      if (row === undefined) continue;
      await transaction.deleteFrom('sync_forgotten').where('contact_hash', '=', row.contact_hash).execute(options);
    }
  });
}

async function readKeptOut(
  context: SqlContext,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<readonly ErasedContact[]> {
  if (!(await isThere(context, options))) return [];
  const rows = await readRows(context.db, options);
  return contactIds.flatMap((contactId) => {
    const row = findForgotten(rows, contactId);
    return row === undefined ? [] : [{ contactId, erased: erasedIn(row) }];
  });
}

async function isThere({ names, session }: SqlContext, options: CallOptions): Promise<boolean> {
  return (await session.schema.describe(names.sync_forgotten, options)) !== null;
}

type ForgottenRow = Selectable<SyncForgottenTable>;

function readRows(db: Kysely<SyncTables>, options: CallOptions): Promise<ForgottenRow[]> {
  return db.selectFrom('sync_forgotten').selectAll().execute(options);
}

/** Returns the counts; null: the rows have not been removed yet. */
function erasedIn({ erased }: ForgottenRow): ErasedCounts | null {
  const stored: unknown = erased === null ? null : jsonOrNull(erased);
  if (typeof stored !== 'object' || stored === null) return null;
  return Object.fromEntries(Object.entries(stored).filter(([, count]) => typeof count === 'number'));
}

function countsOf(tables: readonly (readonly [string, ReadonlyMap<string, string>])[]) {
  const counts = new Map<string, Record<string, number>>();
  for (const [table, owners] of tables) {
    for (const owner of owners.values()) {
      const ofOwner = counts.get(owner) ?? {};
      ofOwner[table] = (ofOwner[table] ?? 0) + 1;
      counts.set(owner, ofOwner);
    }
  }
  return counts;
}

function sumOf(a: ErasedCounts, b: ErasedCounts): ErasedCounts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
