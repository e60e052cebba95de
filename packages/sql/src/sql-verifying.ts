import type {
  CallOptions,
  CompareOptions,
  Difference,
  ExpectedContact,
  Orphan,
  RowDifference,
  Stream,
  Verifying,
} from '@dbsync/core/contract';
import { sql } from 'kysely';
import { digestOfIds, idsBelowOf, planHash, planHashOf, provedMd5 } from './columns/sync-proof.js';
import type { TablePlan } from './columns/table-plan.js';
import { chunksOf } from './engine/chunks.js';
import type { SqlContext } from './engine/sql-context.js';
import { columnId, tableId } from './engine/table-id.js';
import type { OpenDatabase } from './open-database.js';
import type { SchemaKeeper } from './schema/schema-keeper.js';
import type { SchemaState } from './schema/schema-state.js';
import { compareRows } from './write/compare-rows.js';
import { isStorable } from './write/erase-contacts.js';
import { type KnownContact, readKnownContacts, versionOf } from './write/known-contacts.js';
import { listOrphans } from './write/orphans.js';
import { readRowsBelow } from './write/rows-below.js';

/** Compares a copy in a SQL database with the API: a few queries for each thousand contacts, by indexed columns. */
export function createSqlVerifying({ callOnTables }: Pick<OpenDatabase, 'callOnTables'>): Verifying {
  return {
    compare: (_stream, contacts, options) =>
      callOnTables(options, (context, schema) =>
        bySchemaOfNow(schema, options, (state) => compare(context, state, contacts, options)),
      ),
    compareRows: (stream, records, options) =>
      callOnTables(options, (context, schema) =>
        bySchemaOfNow(schema, options, async (state): Promise<readonly RowDifference[]> => {
          const { plans } = state;
          return plans === null ? [] : compareRows(context, { ...state, plans }, stream, records, options);
        }),
      ),
    listStored: (stream, options) =>
      callOnTables(options, async (context, schema) => {
        const { plans } = await schema.current(options);
        return plans === null ? [] : listStored(context, plans.contacts, stream, options);
      }),
    countStored: (stream, options) =>
      callOnTables(options, async (context, schema) => {
        const { plans } = await schema.current(options);
        return plans === null ? 0 : countStored(context, plans.contacts, stream, options);
      }),
    listOrphans: (options) =>
      callOnTables(options, async (context, schema): Promise<readonly Orphan[]> => {
        const { plans } = await schema.current(options);
        return plans === null ? [] : listOrphans(context, plans, options);
      }),
    listRequests: (stream, options) =>
      callOnTables(options, async ({ db, engine }) => {
        const select = db.selectFrom('sync_requests').select('request_key').where('stream', '=', stream);
        const { keys } = options;
        const queries =
          keys === undefined
            ? [select]
            : chunksOf(keys, engine).map((chunk) => select.where('request_key', 'in', chunk));
        const found: string[] = [];
        for (const query of queries)
          for (const { request_key } of await query.execute(options)) found.push(request_key);
        return found;
      }),
  };
}

/** Compares once more where another process has changed the tables, or forgotten a contact, since they were read. */
async function bySchemaOfNow<Found>(
  schema: SchemaKeeper,
  options: CallOptions,
  find: (state: SchemaState) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  for (;;) {
    const before = await schema.current(options);
    const found = await find(before);
    if (found.length === 0) return found;
    schema.forget();
    const { version, generation } = await schema.current(options);
    if (version === before.version && generation === before.generation) return found;
  }
}

async function compare(
  context: SqlContext,
  { plans, generation, forgotten }: SchemaState,
  given: readonly ExpectedContact[],
  { plans: holding, ...options }: CompareOptions,
): Promise<readonly Difference[]> {
  const contacts = given.filter(({ id }) => forgotten.count === 0 || !forgotten.has(id));
  const ids = contacts.map(({ id }) => id);
  const hashes = new Set(holding.map((plan) => planHash(plan, generation)));
  const known = plans === null ? NONE : await readKnownContacts(context, plans.contacts, '', ids, options);
  const differences: Difference[] = [];
  const whole: KnownRow[] = [];
  for (const { id: contactId, md5 } of contacts) {
    const row = known.get(contactId);
    const version = versionOf(row);
    const kind = kindOf(row, md5, hashes);
    if (kind !== null) differences.push({ contactId, kind, version });
    else if (row !== undefined) whole.push({ contactId, version, idsBelow: idsBelowOf(row.proof) });
  }
  if (plans === null) return differences;
  const below = await readRowsBelow(
    context,
    plans,
    whole.map(({ contactId }) => contactId),
    options,
  );
  for (const { contactId, version, idsBelow } of whole) {
    if (digestOfIds(below.get(contactId) ?? []) === idsBelow) continue;
    differences.push({ contactId, kind: 'broken', version });
  }
  return differences;
}

const NONE: ReadonlyMap<string, KnownContact> = new Map();

interface KnownRow {
  readonly contactId: string;
  readonly version: string | null;
  readonly idsBelow: string | null;
}

/**
 * Returns the kind of difference; null: the row of the contact itself has none.
 * @param hashes of the plans whose proofs hold; empty: any
 */
function kindOf(
  row: KnownContact | undefined,
  md5: string | null,
  hashes: ReadonlySet<string>,
): Difference['kind'] | null {
  if (row === undefined) return 'missing';
  const own = planHashOf(row.proof);
  const isProved = own !== null && provedMd5(row.proof, own, row.rowMd5) !== null;
  if (!isProved) return 'unproved';
  if (md5 !== null && md5 !== row.rowMd5) return 'stale';
  return hashes.size === 0 || hashes.has(own) ? null : 'unproved';
}

async function countStored(
  context: SqlContext,
  { name, columns, ownerIndex }: TablePlan,
  stream: Stream,
  { signal }: CallOptions,
): Promise<number> {
  const owner = columns[ownerIndex ?? -1];
  if (owner === undefined) return 0;
  const { rows } = await sql<{ contacts: number | string | bigint }>`
    select count(*) as contacts from ${tableId(context, name)}
    where ${sql.id(owner.name)} = ${stream}`.execute(context.session.db, { signal });
  return Number(rows[0]?.contacts ?? 0);
}

async function listStored(
  context: SqlContext,
  plan: TablePlan,
  stream: Stream,
  { signal, after, limit, contactIds }: Parameters<Verifying['listStored']>[1],
): Promise<readonly string[]> {
  const { engine, session } = context;
  const owner = plan.columns[plan.ownerIndex ?? -1];
  const id = columnId(plan, 0);
  const asked = contactIds?.filter((contactId) => isStorable(plan, contactId));
  if (owner === undefined || asked?.length === 0) return [];
  const behind = after === undefined ? sql`` : sql`and ${id} > ${after}`;
  const among = asked === undefined ? sql`` : sql`and ${id} in (${sql.join(asked)})`;
  const { rows } = await sql<{ id: string }>`
    select ${id} as id from ${tableId(context, plan.name)} where ${sql.id(owner.name)} = ${stream} ${behind} ${among}
    order by ${id} ${engine.types.firstRows(limit)}`.execute(session.db, { signal });
  return rows.map((row) => row.id);
}
