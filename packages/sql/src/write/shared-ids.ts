import type { CallOptions, Claim } from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import { ownerMark } from '../columns/sync-proof.js';
import type { TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, tableId } from '../engine/table-id.js';
import { LOADED_TABLES, type LoadPhase } from '../schema/load-phase.js';
import { type SchemaState, versionGuard } from '../schema/schema-state.js';
import { fencedOff, isHeld } from '../stream/lease.js';
import { postRequest } from '../stream/mailbox.js';
import { commitBehindFence } from './commit-prepared.js';
import { deleteWhere, ownerColumn } from './erase-contacts.js';

type LoadedTable = (typeof LOADED_TABLES)[number];

/** The number of contacts that one request in a mailbox names. */
const MOST_NAMED = 1_000;

/** The state of the tables while keys are built. */
export type BuildingSchema = SchemaState & { readonly phase: LoadPhase };

/**
 * Removes the contacts whose rows prevent the key of the table (R18). If several contacts share an id, all of them but
 * the first, in the order of their own ids, are removed. Contacts that are stored twice are removed too. Each contact
 * is removed whole, in one commit behind the fence, so it is fetched again like any other missing contact. If the
 * contacts belong to another stream, the next process that holds that stream fetches them: before their removal, a
 * request with their ids is written into its mailbox.
 *
 * @returns the removed contacts of the claim's stream; null if no row prevents the key
 */
export async function removeSharers(
  context: SqlContext,
  state: BuildingSchema,
  table: LoadedTable,
  claim: Claim,
  options: CallOptions,
): Promise<readonly string[] | null> {
  const { plans } = state;
  const sharers = plans === null ? [] : await findSharers(context, plans[table], options);
  if (plans === null || sharers.length === 0) return null;
  const isOwn = state.phase.mark === ownerMark(claim.stream);
  if (!isOwn) await askToFetch(context, state.phase, sharers, options);
  await remove(context, { ...state, plans }, sharers, claim, options);
  return isOwn ? sharers : [];
}

async function findSharers(context: SqlContext, plan: TablePlan, options: CallOptions): Promise<readonly string[]> {
  const key = columnId(plan, 0);
  const owner = ownerColumn(plan);
  const table = tableId(context, plan.name);
  const { rows } = await sql<{ id: string; owner: string | null }>`
    select r.${key} as id, r.${owner} as owner from ${table} r
    join (select ${key} as shared from ${table} group by ${key} having count(*) > 1) twice on r.${key} = twice.shared
    order by 1, 2`.execute(context.session.db, options);
  const sharers = new Set<string>();
  let former: { readonly id: string; readonly owner: string | null } | null = null;
  for (const row of rows) {
    // The first contact keeps the id. If it has the id twice, it was written twice, and is removed.
    if (former?.id === row.id && row.owner !== null) sharers.add(row.owner);
    former = row;
  }
  return [...sharers];
}

async function askToFetch(
  context: SqlContext,
  { mark }: LoadPhase,
  contactIds: readonly string[],
  options: CallOptions,
) {
  const streams = await context.db.selectFrom('sync_state').select('stream').execute(options);
  const stream = streams.map((row) => row.stream).find((candidate) => ownerMark(candidate) === mark);
  if (stream === undefined) return;
  for (let at = 0; at < contactIds.length; at += MOST_NAMED) {
    const request = { kind: 'refetch', contactIds: contactIds.slice(at, at + MOST_NAMED) } as const;
    await postRequest(context, stream, { ...request, key: `shared-ids ${mark} ${at} ${contactIds[at]}` }, options);
  }
}

async function remove(
  context: SqlContext,
  state: BuildingSchema & { readonly plans: TablePlans },
  contactIds: readonly string[],
  claim: Claim,
  options: CallOptions,
): Promise<void> {
  const childrenFirst = LOADED_TABLES.toReversed();
  const statements = childrenFirst.flatMap((table) =>
    chunksOf(contactIds, context.engine).flatMap((chunk) =>
      deleteWhere(context, state.plans[table], sql`${ownerColumn(state.plans[table])} in (${sql.join(chunk)})`),
    ),
  );
  if (await commitBehindFence(context, claim, { statements, guards: [versionGuard(context, state)] }, options)) return;
  if (!(await isHeld(context, claim, options))) throw await fencedOff(context, claim, options);
}
