import type {
  CallOptions,
  Claim,
  ContactAtVersion,
  ContactNote,
  DeletionMark,
  HeldContact,
  Mirroring,
} from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { TablePlan } from './columns/table-plan.js';
import type { SqlContext } from './engine/sql-context.js';
import { tableId } from './engine/table-id.js';
import type { Guard } from './engine/upsert-batch.js';
import type { OpenDatabase } from './open-database.js';
import { createSyncTable } from './schema/create-tables.js';
import type { SchemaKeeper } from './schema/schema-keeper.js';
import { type ReadySchema, versionGuard } from './schema/schema-state.js';
import { createOnce } from './schema/sync-setup.js';
import { deleteLettersOf } from './stream/dead-letters.js';
import { fencedOff } from './stream/lease.js';
import { deleteNotes, hasNotes, insertNotes, readNotes } from './stream/missed-notes.js';
import { commitBehindFence, commitPrepared, type GuardedStatements } from './write/commit-prepared.js';
import { markCell, markTime, setMarks } from './write/deletion-marks.js';
import { deleteRows, deleteWhere, findRowsOf } from './write/erase-contacts.js';
import { heldChunks, heldColumns, isUnchanged, unchangedAmong } from './write/held-contacts.js';
import { findOrphansOf, isShared } from './write/orphans.js';
import { namesBelow } from './write/rows-below.js';

/** Creates the mirroring of deletions in a SQL database. */
export function createSqlMirroring({ callOnTables }: Pick<OpenDatabase, 'callOnTables'>): Mirroring {
  return {
    listHeld: (claim, options) =>
      callOnTables(options, async (context, schema) => {
        const { plans } = await schema.current(options);
        return plans === null ? [] : listHeld(context, plans.contacts, claim, options);
      }),
    keepNotes: (claim, notes, options) => callOnTables(options, (context) => keepNotes(context, claim, notes, options)),
    mark: (claim, marks, options) =>
      callOnTables(options, (context, schema) => mark(context, schema, claim, marks, options)),
    remove: (claim, contacts, options) =>
      callOnTables(options, (context, schema) => remove(context, schema, claim, contacts, options)),
    removeOrphans: (claim, contactIds, options) =>
      callOnTables(options, (context, schema) => removeOrphans(context, schema, claim, contactIds, options)),
  };
}

async function listHeld(
  context: SqlContext,
  plan: TablePlan,
  { stream }: Claim,
  { signal, after, limit }: CallOptions & { readonly after?: string; readonly limit: number },
): Promise<readonly HeldContact[]> {
  const { engine, session } = context;
  const columns = heldColumns(plan);
  if (columns === null) return [];
  const { id, proof, owner } = columns;
  const mark = markCell(context, plan);
  const behind = after === undefined ? sql`` : sql`and ${id} > ${after}`;
  const { rows } = await sql<{ id: string; proof: string; mark: unknown }>`
    select ${id} as id, ${proof} as proof, ${mark ?? sql`null`} as mark from ${tableId(context, plan.name)}
    where ${owner} = ${stream} and ${proof} is not null ${behind}
    order by ${id} ${engine.types.firstRows(limit)}`.execute(session.db, { signal });
  const ids = rows.map((row) => row.id);
  const notes = await readNotes(context, stream, ids, { signal });
  return rows.map((row) => ({
    contactId: row.id,
    version: row.proof,
    note: notes.get(row.id) ?? null,
    ...(mark !== null && { deletedAt: markTime(row.mark) }),
  }));
}

async function keepNotes(
  context: SqlContext,
  claim: Claim,
  notes: readonly ContactNote[],
  options: CallOptions,
): Promise<void> {
  const ids = notes.map(({ contactId }) => contactId);
  if (!(await hasNotes(context, options))) {
    if (notes.every(({ note }) => note === null)) return;
    await createOnce(context, 'sync_missing', createSyncTable(context, 'sync_missing'), options);
  }
  const statements = [...deleteNotes(context, claim.stream, ids), ...insertNotes(context, claim.stream, notes)];
  if (!(await commitBehindFence(context, claim, { statements, guards: [] }, options)))
    throw await fencedOff(context, claim, options);
}

async function mark(
  context: SqlContext,
  schema: SchemaKeeper,
  claim: Claim,
  marks: readonly DeletionMark[],
  options: CallOptions,
): Promise<readonly string[]> {
  const marked = await commitPrepared(context, schema, claim, options, async (state) => {
    const { contacts } = state.plans;
    const same = await unchangedAmong(context, contacts, claim, marks, options);
    const statements = setMarks(context, contacts, claim, same);
    if (statements.length === 0) return null;
    return { statements, guards: [versionGuard(context, state)], result: same.map(({ contactId }) => contactId) };
  });
  return marked ?? [];
}

async function remove(
  context: SqlContext,
  schema: SchemaKeeper,
  claim: Claim,
  contacts: readonly ContactAtVersion[],
  options: CallOptions,
): Promise<readonly string[]> {
  const removed = await commitPrepared(context, schema, claim, options, async (state) => {
    const same = await unchangedAmong(context, state.plans.contacts, claim, contacts, options);
    if (same.length === 0) return null;
    return { ...(await removal(context, state, claim, same, options)), result: same.map(({ contactId }) => contactId) };
  });
  return removed ?? [];
}

async function removeOrphans(
  context: SqlContext,
  schema: SchemaKeeper,
  claim: Claim,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<number> {
  const removed = await commitPrepared(context, schema, claim, options, async (state) => {
    if (await isShared(context, state.plans, claim.stream, options)) return null;
    const orphans = await findOrphansOf(context, state.plans, contactIds, options);
    const statements = deleteRows(context, state.plans, orphans);
    if (statements.length === 0) return null;
    const result = [...orphans.values()].reduce((sum, rows) => sum + rows.size, 0);
    return { statements, guards: [versionGuard(context, state)], readByKeys: namesBelow(state.plans), result };
  });
  return removed ?? 0;
}

/**
 * Deletes children before parents. A contact that changed meanwhile is left, and then its guard meets no row, so
 * nothing commits.
 */
async function removal(
  context: SqlContext,
  state: ReadySchema,
  { stream }: Claim,
  contacts: readonly ContactAtVersion[],
  options: CallOptions,
): Promise<GuardedStatements> {
  const { session } = context;
  const { plans } = state;
  const columns = heldColumns(plans.contacts);
  if (columns === null) return { statements: [], guards: [] };
  const { id } = columns;
  const table = tableId(context, plans.contacts.name);
  const ids = contacts.map(({ contactId }) => contactId);
  const found = await findRowsOf(context, plans, ids, options);
  const below = new Map([...found].filter(([name]) => name !== 'contacts' && name !== 'inbound_calls'));
  const chunks = heldChunks(contacts, context);
  const deletes = chunks.flatMap((chunk) => deleteWhere(context, plans.contacts, isUnchanged(columns, stream, chunk)));
  const guards = chunks.map((chunk): Guard => {
    const left = sql`select 1 from ${table} where ${id} in (${sql.join(chunk.map(({ contactId }) => contactId))})`;
    const query = sql`select 1 as held from ${tableId(context, context.names.sync_columns)}
      where table_name = '' and not exists (${left})`.compile(session.db);
    return { query, meets: 'returned' };
  });
  const notes = (await hasNotes(context, options)) ? deleteNotes(context, stream, ids) : [];
  const letters = deleteLettersOf(context, stream, ids);
  return {
    statements: [...deleteRows(context, plans, below), ...deletes, ...letters, ...notes],
    guards: [...guards, versionGuard(context, state)],
    readByKeys: namesBelow(plans),
  };
}
