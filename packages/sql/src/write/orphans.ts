import type { CallOptions, Orphan } from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import type { PlaceColumn, TablePlan } from '../columns/table-plan.js';
import type { SqlContext } from '../engine/sql-context.js';
import { tableId } from '../engine/table-id.js';

/** Lists rows whose parent has no row, at most `limit` of each table. */
export async function listOrphans(
  context: SqlContext,
  { contacts, transactions, connections, recordings }: TablePlans,
  { limit, signal }: CallOptions & { readonly limit: number },
): Promise<readonly Orphan[]> {
  const found: Orphan[] = [];
  const looks = [
    { table: 'transactions', child: transactions, to: 'contactId', parent: contacts },
    { table: 'connections', child: connections, to: 'transactionId', parent: transactions },
    { table: 'recordings', child: recordings, to: 'connectionId', parent: connections },
  ] as const;
  for (const { table, child, to, parent } of looks) {
    const [id, reference, contactId, key] = [
      column(child, 'id'),
      column(child, to),
      column(child, 'contactId'),
      column(parent, 'id'),
    ];
    const { rows } = await sql<{ id: string; owner: string | null }>`
      select o.${id} as id, o.${contactId} as owner from ${tableId(context, child.name)} o
      where not exists (select 1 from ${tableId(context, parent.name)} p where p.${key} = o.${reference})
      order by o.${id} ${context.engine.types.firstRows(limit)}`.execute(context.session.db, { signal });
    found.push(...rows.map((row) => ({ table, id: row.id, contactId: row.owner })));
  }
  return found;
}

function column({ places, columns }: TablePlan, from: PlaceColumn['from']) {
  const index = places.find((place) => place.from === from)?.index ?? 0;
  return sql.id(columns[index]?.name ?? '');
}
