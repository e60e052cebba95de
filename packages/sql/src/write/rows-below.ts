import type { CallOptions } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import type { StoredId } from '../columns/sync-proof.js';
import type { IdColumn, TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, tableId } from '../engine/table-id.js';

/** The tables below contacts, parents first, each with the column that names the parent of a row. */
const LEVELS = [
  { table: 'transactions', parent: 'contactId' },
  { table: 'connections', parent: 'transactionId' },
  { table: 'recordings', parent: 'connectionId' },
] as const;

/** Returns the names of the tables below contacts. */
export function namesBelow(plans: TablePlans): readonly string[] {
  return LEVELS.map(({ table }) => plans[table].name);
}

/**
 * Reads the rows that are stored below each of these contacts; a contact without any is absent. A row whose parents no
 * longer exist is not included.
 */
export async function readRowsBelow(
  context: SqlContext,
  plans: TablePlans,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, readonly StoredId[]>> {
  const below = new Map<string, StoredId[]>();
  for (const chunk of chunksOf(contactIds, context.engine)) {
    let owners: ReadonlyMap<string, string> = new Map(chunk.map((id) => [id, id]));
    for (const { table, parent } of LEVELS) {
      const children = await readChildren(context, plans[table], parent, owners, options);
      for (const { id, owner } of children) {
        const ofOwner = below.get(owner);
        if (ofOwner === undefined) below.set(owner, [{ table, id }]);
        else ofOwner.push({ table, id });
      }
      owners = new Map(children.map(({ id, owner }) => [id, owner]));
    }
  }
  return below;
}

interface ChildRow {
  readonly id: string;
  /** The contact above it. */
  readonly owner: string;
}

/**
 * Reads the children of some rows, by an index. It does not join the tables above: with a join, PostgreSQL would read a
 * whole table for this many rows, and again for each page of a listing.
 *
 * @param owners the contact of each parent, by the parent's id
 */
async function readChildren(
  context: SqlContext,
  plan: TablePlan,
  parent: IdColumn['from'],
  owners: ReadonlyMap<string, string>,
  options: CallOptions,
): Promise<readonly ChildRow[]> {
  const column = idColumn(plan, parent);
  const children: ChildRow[] = [];
  for (const chunk of chunksOf([...owners.keys()], context.engine)) {
    const { rows } = await sql<{ id: string; parent: string }>`
      select ${idColumn(plan, 'id')} as id, ${column} as parent
      from ${tableId(context, plan.name)} where ${column} in (${sql.join(chunk)})
    `.execute(context.session.db, options);
    for (const row of rows) {
      // A collation that another program set may treat several ids as equal.
      const owner = owners.get(row.parent);
      if (owner !== undefined) children.push({ id: row.id, owner });
    }
  }
  return children;
}

/** Returns the column with the id of a row, or of a row above it. */
export function idColumn(plan: TablePlan, from: IdColumn['from']): RawBuilder<unknown> {
  return columnId(plan, plan.idColumns.find((candidate) => candidate.from === from)?.index ?? 0);
}
