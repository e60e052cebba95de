import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import type { TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, forTriggers, tableId, withTriggersEnd } from '../engine/table-id.js';
import { readRowsBelow } from './rows-below.js';

/** The rows of some contacts, by table and key, each with its contact. */
export type RowsOfContacts = ReadonlyMap<RowTable, ReadonlyMap<string, string>>;

/** Children before parents, so that no foreign key refuses a delete. */
const TABLES = ['recordings', 'connections', 'transactions', 'contacts', 'inbound_calls'] as const;

/**
 * Finds all rows of these contacts: the rows below them, and rows that name them but no longer have a parent row. If
 * connections or recordings have no index on the contact, the whole table is read once.
 */
export async function findRowsOf(
  context: SqlContext,
  plans: TablePlans,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<RowsOfContacts> {
  const found = new Map(TABLES.map((table) => [table, new Map<string, string>()]));
  const asked = new Set(contactIds.filter((id) => isStorable(plans.contacts, id)));
  for (const [owner, rows] of await readRowsBelow(context, plans, [...asked], options)) {
    if (asked.has(owner)) for (const { table, id } of rows) found.get(table)?.set(id, owner);
  }
  for (const table of TABLES) {
    const column = ownerColumn(plans[table]);
    if (column === null) continue;
    const key = columnId(plans[table], 0);
    for (const chunk of chunksOf([...asked], context.engine)) {
      const { rows } = await sql<{ id: string; owner: string }>`
        select ${key} as id, ${column} as owner from ${tableId(context, plans[table].name)} where ${column} in (${sql.join(chunk)})
      `.execute(context.session.db, options);
      // Tables of the old client may treat two ids that differ only in case as equal.
      for (const { id, owner } of rows) if (asked.has(owner)) found.get(table)?.set(id, owner);
    }
  }
  return found;
}

/**
 * Returns the statements that delete these rows, children first. They run in one transaction, in which more statements
 * may follow.
 */
export function deleteRows(context: SqlContext, plans: TablePlans, rows: RowsOfContacts): CompiledQuery[] {
  return TABLES.flatMap((table) =>
    chunksOf([...(rows.get(table)?.keys() ?? [])], context.engine).flatMap((chunk) =>
      deleteWhere(context, plans[table], sql`${columnId(plans[table], 0)} in (${sql.join(chunk)})`),
    ),
  );
}

/**
 * Returns the statements that delete rows of one of the five tables. While they run, triggers of other programs find
 * the tables that they name.
 */
export function deleteWhere(context: SqlContext, plan: TablePlan, condition: RawBuilder<unknown>): CompiledQuery[] {
  const deletion = sql`delete from ${tableId(context, plan.name)} where ${condition} ${forTriggers(context)}`;
  return withTriggersEnd(context, deletion).map((statement) => statement.compile(context.session.db));
}

/** Returns whether the key can hold the contact's id. A contact whose id the key cannot hold has no rows. */
export function isStorable(contacts: TablePlan, contactId: string): boolean {
  return contacts.idColumns.find(({ from }) => from === 'id')?.codec.exact(contactId) === contactId;
}

/** Returns the column that names the contact of a row; null if the table has none. */
export function ownerColumn(plan: TablePlan): RawBuilder<unknown> | null {
  const idColumn = plan.idColumns.find(({ from }) => from === (plan.rowTable === 'contacts' ? 'id' : 'contactId'));
  const index = idColumn?.index ?? plan.fields.get('contact_id')?.index;
  const column = index === undefined ? undefined : plan.columns[index];
  return column === undefined ? null : sql.id(column.name);
}
