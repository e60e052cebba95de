import type { CallOptions, ContactTree, RowTable } from '@dbsync/core/contract';
import { type CompiledQuery, sql } from 'kysely';
import type { BatchRows } from '../columns/batch-rows.js';
import type { TablePlan } from '../columns/table-plan.js';
import { PARENT_COLUMNS } from '../columns/upstream-columns.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, forTriggers, tableId } from '../engine/table-id.js';
import type { ReadySchema } from '../schema/schema-state.js';

/** Children before parents, so that no foreign key refuses a delete. */
const TABLES = ['recordings', 'connections', 'transactions'] as const;
const CHILDREN: Readonly<Partial<Record<RowTable, RowTable>>> = {
  transactions: 'connections',
  connections: 'recordings',
};

/**
 * Deletes the rows that these contacts have under former ids (R17). It follows the upserts, so by then all rows that
 * are still in a body are below their new parent. Rows that are no longer in any body stay, without a parent (R19).
 * @param rows the rows of the batch. None of them is deleted: a former id may now be the id of another record
 */
export async function deleteFormerRows(
  context: SqlContext,
  schema: ReadySchema,
  trees: readonly ContactTree[],
  rows: BatchRows,
  options: CallOptions,
): Promise<CompiledQuery[]> {
  const owners = formerIds(trees);
  const statements: CompiledQuery[] = [];
  if (owners.size === 0) return statements;
  for (const table of TABLES) {
    const plan = schema.plans[table];
    const former = await readFormerRows(context, plan, owners, options);
    const gone = former.filter((key) => rows.rowOf(table, key) === undefined);
    for (const keys of chunksOf(gone, context.engine)) {
      const child = CHILDREN[table];
      if (child !== undefined) statements.push(...orphan(context, schema, child, keys));
      statements.push(
        sql`delete from ${tableId(context, plan.name)} where ${columnId(plan, 0)} in (${sql.join(keys)}) ${forTriggers(context)}`.compile(
          context.session.db,
        ),
      );
    }
  }
  return statements;
}

/** Returns each former id with the contact that had it. */
function formerIds(trees: readonly ContactTree[]): ReadonlyMap<string, string> {
  return new Map(trees.flatMap(({ formerIds, contactId }) => formerIds.map((id) => [id, contactId] as const)));
}

async function readFormerRows(
  context: SqlContext,
  plan: TablePlan,
  owners: ReadonlyMap<string, string>,
  options: CallOptions,
): Promise<string[]> {
  const keys: string[] = [];
  const owner = plan.ownerIndex === null ? undefined : plan.columns[plan.ownerIndex];
  if (owner === undefined) return keys;
  for (const chunk of chunksOf([...owners.keys()], context.engine)) {
    const { rows } = await sql<{ id: string; owner: string | null }>`
      select ${columnId(plan, 0)} as id, ${sql.id(owner.name)} as owner from ${tableId(context, plan.name)}
      where ${columnId(plan, 0)} in (${sql.join(chunk)})`.execute(context.session.db, options);
    for (const row of rows) if (owners.get(row.id) === row.owner) keys.push(row.id);
  }
  return keys;
}

/**
 * Clears the reference to the parent. Only a declared foreign key needs it; without one a row may go on naming its
 * former parent.
 */
function orphan(
  context: SqlContext,
  { descriptions, plans }: ReadySchema,
  child: RowTable,
  parents: readonly string[],
): CompiledQuery[] {
  const column = PARENT_COLUMNS[child]?.column;
  if (column === undefined || !descriptions[child]?.foreignKeys.some((key) => key.column === column)) return [];
  const { name, changed } = plans[child];
  const now = context.engine.types.now(changed.storage);
  return [
    sql`update ${tableId(context, name)} set ${sql.id(column)} = null, ${sql.id(changed.name)} = ${now}
      where ${sql.id(column)} in (${sql.join([...parents])}) ${forTriggers(context)}`.compile(context.session.db),
  ];
}
