import type { CallOptions, Claim } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { ownerMark, planHash } from '../columns/sync-proof.js';
import type { TablePlan } from '../columns/table-plan.js';
import { createLoadedContacts, type LoadedContacts } from '../engine/first-loads.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, tableId } from '../engine/table-id.js';
import { filledTables } from '../schema/filled-tables.js';
import { recordPhase } from '../schema/load-phase.js';
import { readSchema, type SchemaState } from '../schema/schema-state.js';
import { readKnownWhere } from './known-contacts.js';

/**
 * Begins to load a first copy without keys if no table of rows exists, or continues a load of this stream that an
 * earlier claim began. Returns whether the load is under way (R20).
 */
export async function beginLoad(context: SqlContext, claim: Claim, options: CallOptions): Promise<boolean> {
  const { session, firstLoads } = context;
  const { loading } = session.schema;
  if (loading === undefined) return false;
  const state = await readSchema(context, options);
  if (state.phase !== null) {
    const contacts = await resume(context, state, claim, options);
    if (contacts === null) return false;
    firstLoads.begun(claim, contacts);
    if (contacts.size > 0) tellContinued(context, contacts.size);
    return true;
  }
  const isOn = await begin(context, state, claim, options);
  if (isOn) firstLoads.begun(claim, createLoadedContacts());
  return isOn;
}

async function begin(context: SqlContext, state: SchemaState, { stream }: Claim, options: CallOptions) {
  if (Object.keys(state.descriptions).length > 0 || (await hasProgress(context, options))) return false;
  if (!(await context.session.schema.loading?.isPossible(options))) return false;
  return recordPhase(context, state.version, { step: 'loading', mark: ownerMark(stream) }, options);
}

/**
 * Returns the contacts that earlier claims of the stream have written in the load; null if the load cannot continue.
 */
async function resume(
  context: SqlContext,
  state: SchemaState,
  claim: Claim,
  options: CallOptions,
): Promise<LoadedContacts | null> {
  const { phase, plans } = state;
  if (phase?.step !== 'loading' || phase.mark !== ownerMark(claim.stream)) return null;
  if ((await filledTables(context, state, options)).length === 0) return createLoadedContacts();
  return plans === null ? null : scan(context, plans.contacts, planHash(claim.plan, state.generation), options);
}

/** The number of contacts that are read in one query. */
const SHARE_CONTACTS = 20_000;

/**
 * Reads each contact once. Returns null if a contact is not whole under this plan, or if the engine cannot read a table
 * in shares: then the keys are built first. A contact that the scan missed would be written twice, and is removed whole
 * when the key is built.
 */
async function scan(
  context: SqlContext,
  contacts: TablePlan,
  plan: string,
  options: CallOptions,
): Promise<LoadedContacts | null> {
  const { db, schema } = context.session;
  const share = schema.loading?.share;
  if (share === undefined) return null;
  const table = tableId(context, contacts.name);
  const { rows } = await sql<{ count: string }>`select count(*) as count from ${table}`.execute(db, options);
  const shares = Math.max(1, Math.ceil(Number(rows[0]?.count) / SHARE_CONTACTS));
  const loaded = createLoadedContacts();
  for (let index = 0; index < shares; index += 1) {
    const isOfShare = sql`${share(columnId(contacts, 0), shares)} = ${sql.lit(index)}`;
    for (const [id, { md5 }] of await readKnownWhere(context, contacts, plan, isOfShare, options)) {
      if (md5 === null) return null;
      loaded.add(id, md5);
    }
  }
  return loaded;
}

function tellContinued({ notify }: SqlContext, count: number): void {
  const message = `The first copy continues without keys: earlier runs have stored ${count.toLocaleString('en')} contacts.`;
  notify({ level: 'info', code: 'SQL_LOAD_CONTINUED', message });
}

/**
 * Returns whether a stream has progress. If so, the tables were removed, and contacts that are fetched again belong to
 * that copy (R16b).
 */
async function hasProgress({ db }: SqlContext, options: CallOptions): Promise<boolean> {
  const rows = await db.selectFrom('sync_state').select('progress').execute(options);
  return rows.some(({ progress }) => progress !== null);
}
