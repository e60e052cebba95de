import type { CallOptions, Claim, ContactAtVersion, ContactNote, HeldContact, Mirroring } from '@dbsync/core/contract';
import { type CompiledQuery, sql } from 'kysely';
import type { TablePlan } from './columns/table-plan.js';
import { chunksOf } from './engine/chunks.js';
import type { SqlContext } from './engine/sql-context.js';
import { tableId } from './engine/table-id.js';
import type { Guard } from './engine/upsert-batch.js';
import type { OpenDatabase } from './open-database.js';
import { createSyncTable } from './schema/create-tables.js';
import type { SchemaKeeper } from './schema/schema-keeper.js';
import { type ReadySchema, versionGuard } from './schema/schema-state.js';
import { createOnce } from './schema/sync-setup.js';
import { deleteLettersOf } from './stream/dead-letters.js';
import { fencedOff, fenceOf, isHeld, readClock } from './stream/lease.js';
import { deleteNotes, hasNotes, insertNotes, readNotes } from './stream/missed-notes.js';
import { deleteRows, deleteWhere, findRowsOf } from './write/erase-contacts.js';
import { readKnownContacts } from './write/known-contacts.js';
import { findOrphansOf, isShared } from './write/orphans.js';

/** The removal is prepared again whenever a contact, or the column map, changed meanwhile; at most so often. */
const MAX_ATTEMPTS = 8;

/**
 * Creates the mirroring of deletions in a SQL database. The proof of a contact is its version: each write that changes
 * the contact sets it.
 */
export function createSqlMirroring({ callOnTables }: Pick<OpenDatabase, 'callOnTables'>): Mirroring {
  return {
    listHeld: (claim, options) =>
      callOnTables(options, async (context, schema) => {
        const { plans } = await schema.current(options);
        return plans === null ? [] : listHeld(context, plans.contacts, claim, options);
      }),
    keepNotes: (claim, notes, options) => callOnTables(options, (context) => keepNotes(context, claim, notes, options)),
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
  const columns = columnsOf(plan);
  if (columns === null) return [];
  const { id, proof, owner } = columns;
  const behind = after === undefined ? sql`` : sql`and ${id} > ${after}`;
  const { rows } = await sql<{ id: string; proof: string }>`
    select ${id} as id, ${proof} as proof from ${tableId(context, plan.name)}
    where ${owner} = ${stream} and ${proof} is not null ${behind}
    order by ${id} ${engine.types.firstRows(limit)}`.execute(session.db, { signal });
  const ids = rows.map((row) => row.id);
  const notes = await readNotes(context, stream, ids, { signal });
  return rows.map((row) => ({ contactId: row.id, version: row.proof, note: notes.get(row.id) ?? null }));
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
  if (!(await commit(context, claim, statements, [], options))) throw await fencedOff(context, claim, options);
}

async function remove(
  context: SqlContext,
  schema: SchemaKeeper,
  claim: Claim,
  contacts: readonly ContactAtVersion[],
  options: CallOptions,
): Promise<readonly string[]> {
  const removed = await commitPrepared(context, schema, claim, options, async (state) => {
    const same = await unchanged(context, state.plans.contacts, claim, contacts, options);
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
    return { statements, guards: [versionGuard(context, state)], result };
  });
  return removed ?? 0;
}

/** Statements that stand by guards, and what they have done once they are committed. */
interface Prepared<Result> {
  readonly statements: readonly CompiledQuery[];
  readonly guards: readonly Guard[];
  readonly result: Result;
}

/**
 * Prepares statements and commits them, and does so again where what they were prepared from has changed meanwhile.
 * Returns null where `prepare` finds nothing to do, and where all attempts met a change.
 */
async function commitPrepared<Result>(
  context: SqlContext,
  schema: SchemaKeeper,
  claim: Claim,
  options: CallOptions,
  prepare: (state: ReadySchema) => Promise<Prepared<Result> | null>,
): Promise<Result | null> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const state = await schema.current(options);
    const { plans } = state;
    const prepared = plans === null ? null : await prepare({ ...state, plans });
    if (prepared === null) return null;
    const { statements, guards, result } = prepared;
    if (await commit(context, claim, statements, guards, options)) return result;
    if (!(await isHeld(context, claim, options))) throw await fencedOff(context, claim, options);
    schema.forget();
  }
  return null;
}

/** Returns those contacts that still have this version and belong to the stream. */
async function unchanged(
  context: SqlContext,
  plan: TablePlan,
  { stream }: Claim,
  contacts: readonly ContactAtVersion[],
  options: CallOptions,
): Promise<readonly ContactAtVersion[]> {
  const ids = contacts.map(({ contactId }) => contactId);
  const known = await readKnownContacts(context, plan, '', ids, options);
  return contacts.filter(({ contactId, version }) => {
    const row = known.get(contactId);
    return row?.proof === version && row.campaign === stream;
  });
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
): Promise<{ readonly statements: readonly CompiledQuery[]; readonly guards: readonly Guard[] }> {
  const { engine, session } = context;
  const { plans } = state;
  const columns = columnsOf(plans.contacts);
  if (columns === null) return { statements: [], guards: [] };
  const { id, proof, owner } = columns;
  const table = tableId(context, plans.contacts.name);
  const ids = contacts.map(({ contactId }) => contactId);
  const found = await findRowsOf(context, plans, ids, options);
  const below = new Map([...found].filter(([name]) => name !== 'contacts' && name !== 'inbound_calls'));
  const chunks = chunksOf(contacts, engine).flatMap((chunk) => halves(chunk));
  const deletes = chunks.flatMap((chunk) =>
    deleteWhere(
      context,
      plans.contacts,
      sql`${owner} = ${stream}
        and ${id} in (${sql.join(chunk.map(({ contactId }) => contactId))})
        and ${proof} in (${sql.join(chunk.map(({ version }) => version))})`,
    ),
  );
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
  };
}

/** Halves a chunk, for a statement that has two lists of parameters. */
function halves<T>(chunk: readonly T[]): readonly (readonly T[])[] {
  const half = Math.ceil(chunk.length / 2);
  return [chunk.slice(0, half), chunk.slice(half)].filter(({ length }) => length > 0);
}

/** Commits these statements behind the guards and the fence. False: a guard or the fence met no row. */
async function commit(
  context: SqlContext,
  claim: Claim,
  statements: readonly CompiledQuery[],
  guards: readonly Guard[],
  options: CallOptions,
): Promise<boolean> {
  const startedAt = await readClock(context, options);
  const fence = fenceOf(context, claim, { progress: undefined, startedAt });
  const batch = { rows: [], statements, guards: [...guards, fence], watched: new Set<string>() };
  const { committed } = await context.session.upsert(batch, options);
  if (committed) context.committedWrites.committed(claim);
  return committed;
}

/** Returns the columns; null in tables whose rows do not name their campaign, or that have no proof. */
function columnsOf({ columns, ownerIndex, proof }: TablePlan) {
  const [idColumn, ownerColumn, proofColumn] = [0, ownerIndex ?? -1, proof?.index ?? -1].map((index) => columns[index]);
  if (!idColumn || !ownerColumn || !proofColumn) return null;
  return { id: sql.id(idColumn.name), owner: sql.id(ownerColumn.name), proof: sql.id(proofColumn.name) };
}
