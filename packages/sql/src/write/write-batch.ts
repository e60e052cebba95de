import {
  type Batch,
  type CallOptions,
  type Claim,
  type ContactTree,
  SinkError,
  type WriteResult,
  withoutForgotten,
} from '@dbsync/core/contract';
import type { CompiledQuery } from 'kysely';
import { type BatchRows, batchRows, type TablePlans } from '../columns/batch-rows.js';
import { createTakenIds, type TakenIds } from '../columns/stored-ids.js';
import { planHash } from '../columns/sync-proof.js';
import { PARENT_COLUMNS } from '../columns/upstream-columns.js';
import type { LoadedContacts } from '../engine/first-loads.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { TakenKey, UpsertAnswer, UpsertBatch } from '../engine/upsert-batch.js';
import type { SchemaKeeper } from '../schema/schema-keeper.js';
import {
  lockOtherWriters,
  type ReadySchema,
  type SchemaState,
  unfilledColumns,
  versionGuard,
} from '../schema/schema-state.js';
import { changeDeadLetters } from '../stream/dead-letters.js';
import { fencedOff, fenceOf, isHeld, readClock } from '../stream/lease.js';
import { settleRequests } from '../stream/mailbox.js';
import { progressText } from '../stream/stored-progress.js';
import { tellDroppedRows } from './dropped-rows.js';
import { deleteFormerRows } from './former-rows.js';
import { type KnownContact, readKnownContacts } from './known-contacts.js';
import { loadedContacts, possiblyStored } from './loaded-contacts.js';
import { decideOwners, freeCalls } from './row-owners.js';
import { namesBelow } from './rows-below.js';
import type { RowsMarks } from './rows-marks.js';
import { keepStoredBelow, type StoredBelow, tellVanished } from './vanished-rows.js';

/**
 * The largest number of times that the batch is prepared. It is prepared again if the database changed meanwhile: it
 * has a new column, or another contact has taken an id.
 */
const MAX_ATTEMPTS = 8;

/**
 * Commits the batch behind the claim's fence. Reads and stages all that it can before the transaction begins. This data
 * cannot change meanwhile, because only the claim's holder writes this stream, and no contact is in two writes.
 */
export async function writeBatch(
  context: SqlContext,
  schema: SchemaKeeper,
  marks: RowsMarks,
  asked: Batch,
  claim: Claim,
  options: CallOptions,
): Promise<WriteResult> {
  const taken = createTakenIds();
  let freedCalls: readonly CompiledQuery[] = [];
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const state = await schema.fitFor(asked, options);
    const { forgotten } = state;
    const given = forgotten.count === 0 ? asked : withoutForgotten(asked, forgotten.has);
    const mark = marks.forWrite(claim, state.generation, given);
    const plan = planHash(claim.plan, state.generation);
    const startedAt = await readClock(context, options);
    const loaded = loadedContacts(context, state, claim);
    const stored = possiblyStored(loaded, idsOf(given.contacts));
    const known = await readKnownContacts(context, state.plans.contacts, plan, stored, options);
    const owned = await decideOwners(context, state.plans, given, known, claim, options);
    const { batch, formerOwners } = owned;
    const rows = await batchRows(batch, state.plans, { planHash: plan, formerOwners }, taken, options);
    const below = await keepStoredBelow(context, state.plans, batch, rows, known, options);
    // While columns are filled, a write itself changes rows below a contact. Such a change is no evidence about the API
    // (R8).
    const mayWatch = unfilledColumns(state).every(({ table }) => table === 'contacts');
    const watched = new Set(mayWatch ? idsOf(batch.contacts.filter((tree) => isProved(tree, known, below))) : []);
    const following = await statementsOf(context, state, { batch, rows, known, loaded }, claim, options);
    const guards = [
      versionGuard(context, state),
      fenceOf(context, claim, { progress: batch.progress && progressText(batch.progress, mark), startedAt }),
    ];
    const isFirst = loaded !== null && given.inboundCalls.length === 0 && stored.length === 0;
    const isKeyed = isFirst || rows.tables.every(({ table }) => !table.lacksKey);
    const before = [...(isKeyed ? [] : [lockOtherWriters(context)]), ...owned.release, ...freedCalls];
    // A batch of a first load counts as new at each attempt: without keys, a search for its rows would read whole
    // tables.
    const seemsNew = isFirst || (isKeyed && attempt === 0 && known.size === 0 && batch.inboundCalls.length === 0);
    const upsert = { ...following, before, rows: rows.tables, guards, watched, seemsNew };
    const answer = await context.session.upsert(upsert, options);
    if (answer.committed) {
      context.committedWrites.committed(claim);
      marks.committed(claim.stream, mark);
      for (const id of idsOf(given.contacts)) loaded?.add(id);
      owned.tell();
      tellVanished(context, below.vanished);
      tellDroppedRows(context, state, answer.dropped);
      return resultOf(answer, rows);
    }
    if (answer.because === 'owner') {
      giveWay(context, answer.taken, rows, taken, state.plans);
      freedCalls = await freeCalls(context, state.plans.inbound_calls, answer.taken, claim, options);
    } else if (await isHeld(context, claim, options)) schema.forget();
    else throw await fencedOff(context, claim, options);
  }
  throw new SinkError('SQL_TABLES_UNSETTLED', 'The tables changed again and again during the write', {
    verdict: 'retryable',
    outcome: 'not-committed',
  });
}

function idsOf(contacts: readonly ContactTree[]): string[] {
  return contacts.map(({ contactId }) => contactId);
}

/**
 * Returns whether a change of the rows is evidence about the API (R8): rows below the contact changed, but its md5,
 * which should have changed too, did not. If another program changed the rows, a write that changes them back is no
 * evidence.
 */
function isProved(
  { contactId, md5 }: ContactTree,
  known: ReadonlyMap<string, KnownContact>,
  { changedByOthers }: StoredBelow,
): boolean {
  return md5 !== null && known.get(contactId)?.md5 === md5 && !changedByOthers.has(contactId);
}

interface Planned {
  readonly batch: Batch;
  readonly rows: BatchRows;
  readonly known: ReadonlyMap<string, KnownContact>;
  readonly loaded: LoadedContacts | null;
}

/** Returns the statements that follow the rows in their transaction. */
async function statementsOf(
  context: SqlContext,
  state: ReadySchema,
  { batch, rows, known, loaded }: Planned,
  { stream }: Claim,
  options: CallOptions,
): Promise<Pick<UpsertBatch, 'statements' | 'readByKeys'>> {
  const mayHaveRows = batch.contacts.filter(
    ({ contactId }) => known.has(contactId) || (loaded === null && !parentsAreSure(state, context.names)),
  );
  const former = await deleteFormerRows(context, state, mayHaveRows, rows, options);
  const letters = await changeDeadLetters(context, stream, batch, options);
  return {
    statements: [...former, ...letters, ...settleRequests(context, stream, batch.settled)],
    readByKeys: former.length === 0 ? [] : namesBelow(state.plans),
  };
}

/**
 * Returns whether foreign keys lead from every table up to the contact. Then a contact without a row has no rows below
 * it.
 */
function parentsAreSure({ descriptions }: SchemaState, names: SqlContext['names']): boolean {
  return (['transactions', 'connections', 'recordings'] as const).every((table) => {
    const link = PARENT_COLUMNS[table];
    const keys = descriptions[table]?.foreignKeys ?? [];
    return link !== undefined && keys.some((key) => key.column === link.column && key.table === names[link.parent]);
  });
}

/** The tables whose rows belong to a contact. Rows of other tables belong to a campaign. */
const BELOW_CONTACTS = ['transactions', 'connections', 'recordings'] as const;

/** R18: the stored row keeps its owner and its id, and the row of the batch gets a derived id. */
function giveWay(
  { notify }: SqlContext,
  keys: readonly TakenKey[],
  rows: BatchRows,
  taken: TakenIds,
  plans: TablePlans,
): void {
  for (const { table, key } of keys) {
    const plan = BELOW_CONTACTS.map((name) => plans[name]).find((candidate) => candidate === table);
    const row = plan && rows.rowOf(plan.rowTable, key);
    if (row === undefined) continue;
    taken.add(row);
    const message = `${row.table} ${row.id} of contact ${row.contactId} is stored under another id, since a row of another contact has this id`;
    notify({ level: 'warn', code: 'SQL_ID_TAKEN', message });
  }
}

function resultOf(answer: Extract<UpsertAnswer, { committed: true }>, { bytes }: BatchRows): WriteResult {
  const { inserted, updated, unchanged, touched } = answer;
  return { inserted, updated, unchanged, bytes, changedUnderSameMd5: [...touched] };
}
