import { type Batch, type CallOptions, type Claim, type ContactTree, fieldOf, SinkError } from '@dbsync/core/contract';
import { type CompiledQuery, sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import { formerOwnersOf, ownerMark } from '../columns/sync-proof.js';
import { CAMPAIGN_FIELDS, type TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { forTriggers, tableId } from '../engine/table-id.js';
import type { TakenKey } from '../engine/upsert-batch.js';
import { listed } from '../words/listed.js';
import type { KnownContact } from './known-contacts.js';

/** The part of a batch that may be written where several campaigns are copied into the same tables. */
export interface OwnedBatch {
  /** The batch, without contacts that another campaign keeps. */
  readonly batch: Batch;
  /** Marks of the campaigns that a contact's row was taken from, by the contact's id. */
  readonly formerOwners: ReadonlyMap<string, readonly string[]>;
  /** Statements that free rows which get another campaign; they run in the transaction, before the rows. */
  readonly release: readonly CompiledQuery[];
  /** Notifies the administrator, once the batch has committed. */
  tell(): void;
}

interface OwnerChange {
  readonly contactId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Decides about contacts whose rows name another campaign. A row is taken from a campaign at most once: the proof keeps
 * its former campaigns. So two campaigns that both list a contact do not overwrite each other again and again. A row is
 * taken without a notice if it has no proof, or if no dbsync copies its campaign into these tables: then an earlier
 * client wrote it.
 *
 * @throws SinkError `SQL_OWNER_CHANGED`, refused, for contacts that another campaign has taken from this one
 */
export async function decideOwners(
  context: SqlContext,
  plans: TablePlans,
  batch: Batch,
  known: ReadonlyMap<string, KnownContact>,
  { stream }: Pick<Claim, 'stream'>,
  options: CallOptions,
): Promise<OwnedBatch> {
  const formerOwners = new Map<string, readonly string[]>();
  const [changes, refused]: [OwnerChange[], OwnerChange[]] = [[], []];
  const left = new Set<string>();
  const freed = new Map<string, string>();
  let others: ReadonlySet<string> | null = null;
  for (const tree of batch.contacts) {
    const { contactId } = tree;
    const { campaign = null, proof = null } = known.get(contactId) ?? {};
    const former = formerOwnersOf(proof);
    if (former.length > 0) formerOwners.set(contactId, former);
    const change = { contactId, from: campaign ?? stream, to: campaignOf(tree) ?? stream };
    if (change.from === stream && change.to === stream) continue;
    others ??= await otherCampaigns(context, stream, options);
    const decision = decisionOf(change, { stream, others, former, isProved: proof !== null });
    if (decision === 'left') left.add(contactId);
    else if (decision === 'refused') refused.push(change);
    else if (campaign !== null && change.from !== change.to) freed.set(contactId, campaign);
    if (decision !== 'changes') continue;
    formerOwners.set(contactId, [...former, ownerMark(change.from)]);
    changes.push(change);
  }
  if (refused.length > 0) throw refusal(refused, stream);
  const contacts = left.size === 0 ? batch.contacts : batch.contacts.filter(({ contactId }) => !left.has(contactId));
  const release = releaseRows(context, plans.contacts, freed);
  return { batch: { ...batch, contacts }, formerOwners, release, tell: () => tellChanges(context, changes) };
}

interface OwnerFacts {
  readonly stream: string;
  readonly others: ReadonlySet<string>;
  readonly former: readonly string[];
  readonly isProved: boolean;
}

/**
 * `written`: the contact belongs to the stream, and is written. `changes`: it is written, with a notice. `left`: it is
 * not written, since the other campaign writes it.
 */
function decisionOf({ from, to }: OwnerChange, { stream, others, former, isProved }: OwnerFacts) {
  if (from === stream) return others.has(to) && isProved ? 'changes' : 'written';
  if (!isProved || !others.has(from)) return 'written';
  if (from === to) return 'left';
  return to === stream && !former.includes(ownerMark(stream)) ? 'changes' : 'refused';
}

/**
 * Frees inbound calls whose rows name a campaign that no dbsync copies into these tables. A call does not move between
 * campaigns: the first campaign keeps it.
 *
 * @throws SinkError `SQL_OWNER_CHANGED`, refused, for calls that another campaign of these tables has
 */
export async function freeCalls(
  context: SqlContext,
  plan: TablePlan,
  taken: readonly TakenKey[],
  { stream }: Claim,
  options: CallOptions,
): Promise<readonly CompiledQuery[]> {
  const keys = taken.filter(({ table }) => table === plan).map(({ key }) => key);
  if (keys.length === 0) return [];
  const { key, owner } = columnsOf(plan);
  const others = await otherCampaigns(context, stream, options);
  const freed = new Map<string, string>();
  for (const chunk of chunksOf(keys, context.engine)) {
    const { rows } = await sql<{ id: string; owner: string | null }>`
      select ${key} as id, ${owner} as owner from ${tableId(context, plan.name)} where ${key} in (${sql.join(chunk)})
    `.execute(context.session.db, options);
    for (const row of rows) {
      if (row.owner === null) continue;
      if (others.has(row.owner)) throw callRefused(row.id, row.owner, stream);
      freed.set(row.id, row.owner);
    }
  }
  return releaseRows(context, plan, freed);
}

function campaignOf({ values }: ContactTree): string | null {
  const value = fieldOf(values, CAMPAIGN_FIELDS.contacts ?? '');
  return value === undefined || value === null ? null : String(value);
}

/** Reads the other campaigns that dbsync copies into these tables. */
export async function otherCampaigns(
  { db }: SqlContext,
  stream: string,
  options: CallOptions,
): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('sync_state').select('stream').execute(options);
  return new Set(rows.map((row) => row.stream).filter((other) => other !== stream));
}

/** Frees rows. A row that another campaign got meanwhile is not freed, and the upsert reports it as taken. */
function releaseRows(
  context: SqlContext,
  plan: TablePlan,
  freed: ReadonlyMap<string, string>,
): readonly CompiledQuery[] {
  const { key, owner } = columnsOf(plan);
  return [...new Set(freed.values())].flatMap((from) => {
    const ids = [...freed].filter(([, campaign]) => campaign === from).map(([id]) => id);
    return chunksOf(ids, context.engine).map((chunk) =>
      sql`update ${tableId(context, plan.name)} set ${owner} = null
        where ${owner} = ${from} and ${key} in (${sql.join(chunk)}) ${forTriggers(context)}`.compile(
        context.session.db,
      ),
    );
  });
}

function columnsOf({ columns, ownerIndex }: TablePlan) {
  const [key, owner] = [columns[0], columns[ownerIndex ?? 0]].map((column) => sql.id(column?.name ?? ''));
  return { key: key ?? sql`null`, owner: owner ?? sql`null` };
}

function refusal(refused: readonly OwnerChange[], stream: string): SinkError {
  const [first] = refused;
  const owner = first?.from ?? '';
  const ofOwner = refused.filter(({ from }) => from === owner);
  const message =
    `Campaign ${owner} has this contact's row in these tables, and campaign ${stream} had it before. ` +
    `The row stays with ${owner}: otherwise two campaigns would overwrite it again and again`;
  return new SinkError('SQL_OWNER_CHANGED', message, {
    verdict: 'refused',
    outcome: 'not-committed',
    refusedContactIds: ofOwner.map(({ contactId }) => contactId),
  });
}

function callRefused(id: string, owner: string, stream: string): SinkError {
  const message = `Inbound call ${id} is a row of campaign ${owner} in these tables, and campaign ${stream} names it too. The row stays with ${owner}`;
  return new SinkError('SQL_OWNER_CHANGED', message, { verdict: 'refused', outcome: 'not-committed' });
}

/** The number of contacts that a notice names. */
const MAX_NAMED = 3;

function tellChanges({ notify }: SqlContext, changes: readonly OwnerChange[]): void {
  const pairs = Map.groupBy(changes, ({ from, to }) => JSON.stringify([from, to]));
  for (const pair of pairs.values()) {
    const [{ from, to } = { from: '', to: '' }] = pair;
    const ids = pair.map(({ contactId }) => contactId);
    const which = `contact${pair.length === 1 ? '' : 's'} ${listed(ids, MAX_NAMED)}`;
    const message = `The API now names ${which} in campaign ${to}, so these rows belong to campaign ${to} from now on. Until now they belonged to campaign ${from}`;
    notify({ level: 'warn', code: 'SQL_OWNER_CHANGED', message });
  }
}
