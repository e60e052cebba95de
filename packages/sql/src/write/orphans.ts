import type { CallOptions, Orphan, RowTable, Verifying } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { tableId } from '../engine/table-id.js';
import { findRowsOf, isStorable, type RowsOfContacts } from './erase-contacts.js';
import { otherCampaigns } from './row-owners.js';
import { idColumn } from './rows-below.js';

/**
 * Lists rows whose parent has no row, at most `limit` of each table. With `contactIds`, lists only rows that name one
 * of these contacts.
 */
export async function listOrphans(
  context: SqlContext,
  { contacts, transactions, connections, recordings }: TablePlans,
  { limit, signal, contactIds }: Parameters<Verifying['listOrphans']>[0],
): Promise<readonly Orphan[]> {
  const found: Orphan[] = [];
  const looks = [
    { table: 'transactions', child: transactions, to: 'contactId', parent: contacts },
    { table: 'connections', child: connections, to: 'transactionId', parent: transactions },
    { table: 'recordings', child: recordings, to: 'connectionId', parent: connections },
  ] as const;
  for (const { table, child, to, parent } of looks) {
    const [id, reference, contactId, key] = [
      idColumn(child, 'id'),
      idColumn(child, to),
      idColumn(child, 'contactId'),
      idColumn(parent, 'id'),
    ];
    const orphans = sql`from ${tableId(context, child.name)} o
      where not exists (select 1 from ${tableId(context, parent.name)} p where p.${key} = o.${reference})`;
    const list = async (condition: RawBuilder<unknown>) => {
      const { rows } = await sql<{ id: string; owner: string | null }>`
        select o.${id} as id, o.${contactId} as owner ${orphans} ${condition}
        order by o.${id} ${context.engine.types.firstRows(limit)}`.execute(context.session.db, { signal });
      return rows.map((row) => ({ table, id: row.id, contactId: row.owner }));
    };
    if (contactIds !== undefined) {
      const asked = contactIds.filter((owner) => isStorable(contacts, owner));
      const ofTable: Orphan[] = [];
      for (const chunk of chunksOf(asked, context.engine))
        ofTable.push(...(await list(sql`and o.${contactId} in (${sql.join(chunk)})`)));
      found.push(...ofTable.slice(0, limit));
      continue;
    }
    // Most copies have none. This query finds that out by the index on parents. A query ordered by id would read all
    // rows of a wide table.
    const any = await sql`
      select o.${reference} as parent ${orphans} order by 1 ${context.engine.types.firstRows(1)}`.execute(
      context.session.db,
      { signal },
    );
    if (any.rows.length === 0) continue;
    found.push(...(await list(sql``)));
  }
  return found;
}

/**
 * Finds rows that name these contacts, or are below transactions that name them, and are below no row of a contact.
 * Only the chain of parents decides: a connection below the transaction of a stored contact is not found, even if it
 * names another contact.
 */
export async function findOrphansOf(
  context: SqlContext,
  plans: TablePlans,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<RowsOfContacts> {
  const found = await findRowsOf(context, plans, contactIds, options);
  const orphans: [RowTable, ReadonlyMap<string, string>][] = [];
  for (const table of ['transactions', 'connections', 'recordings'] as const) {
    const rows = [...(found.get(table) ?? [])];
    const kept = new Set<string>();
    for (const chunk of chunksOf(rows, context.engine)) {
      const keys = chunk.map(([id]) => id);
      const query = sql<{ id: string }>`
        select o.${idColumn(plans[table], 'id')} as id from ${tableId(context, plans[table].name)} o
        ${chainAbove(context, plans, table)} where o.${idColumn(plans[table], 'id')} in (${sql.join(keys)})`;
      for (const { id } of (await query.execute(context.session.db, options)).rows) kept.add(id);
    }
    orphans.push([table, new Map(rows.filter(([id]) => !kept.has(id)))]);
  }
  return new Map(orphans);
}

/** Returns the joins with the rows above, up to the row of the contact. */
function chainAbove(context: SqlContext, plans: TablePlans, from: 'transactions' | 'connections' | 'recordings') {
  const { contacts, transactions, connections, recordings } = plans;
  const [contactTable, transactionTable, connectionTable] = [contacts, transactions, connections].map(({ name }) =>
    tableId(context, name),
  );
  const toContact = (above: string) => sql`
    join ${contactTable} p on p.${idColumn(contacts, 'id')} = ${sql.id(above)}.${idColumn(transactions, 'contactId')}`;
  const toTransaction = (above: string) => sql`
    join ${transactionTable} t on t.${idColumn(transactions, 'id')} = ${sql.id(above)}.${idColumn(connections, 'transactionId')} ${toContact('t')}`;
  if (from === 'transactions') return toContact('o');
  if (from === 'connections') return toTransaction('o');
  return sql`
    join ${connectionTable} c on c.${idColumn(connections, 'id')} = o.${idColumn(recordings, 'connectionId')} ${toTransaction('c')}`;
}

/**
 * Returns whether other campaigns may have rows in these tables: dbsync copies another campaign into them, a row names
 * another campaign, or rows do not name their campaign. Another program may copy without an entry in `sync_state`.
 */
export async function isShared(
  context: SqlContext,
  plans: TablePlans,
  stream: string,
  options: CallOptions,
): Promise<boolean> {
  if ((await otherCampaigns(context, stream, options)).size > 0) return true;
  for (const { name, columns, ownerIndex } of [plans.contacts, plans.inbound_calls]) {
    const owner = columns[ownerIndex ?? -1];
    if (owner === undefined) return true;
    const { rows } = await sql<{ other: string }>`
      select ${sql.id(owner.name)} as other from ${tableId(context, name)} where ${sql.id(owner.name)} <> ${stream}
      order by 1 ${context.engine.types.firstRows(1)}`.execute(context.session.db, options);
    if (rows.length > 0) return true;
  }
  return false;
}
