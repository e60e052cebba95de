import type { CallOptions } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import type { StoredId } from '../columns/sync-proof.js';
import type { IdColumn, TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, tableId } from '../engine/table-id.js';

/** Reads the rows that are stored below each of these contacts; a contact without any is absent. */
export async function readRowsBelow(
  context: SqlContext,
  plans: TablePlans,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, readonly StoredId[]>> {
  const below = new Map<string, StoredId[]>();
  for (const chunk of chunksOf(contactIds, context.engine)) {
    for (const { table, query } of queriesBelow(context, plans, chunk)) {
      const { rows } = await query.execute(context.session.db, options);
      for (const { id, owner } of rows) {
        const ofOwner = below.get(owner);
        if (ofOwner === undefined) below.set(owner, [{ table, id }]);
        else ofOwner.push({ table, id });
      }
    }
  }
  return below;
}

interface BelowQuery {
  readonly table: 'transactions' | 'connections' | 'recordings';
  readonly query: RawBuilder<{ id: string; owner: string }>;
}

/** Returns queries by indexed columns. A row whose parents are gone is not among their results. */
function queriesBelow(
  context: SqlContext,
  { transactions, connections, recordings }: TablePlans,
  owners: readonly string[],
): BelowQuery[] {
  const owner = sql`t.${idColumn(transactions, 'contactId')}`;
  const among = sql`where ${owner} in (${sql.join(owners)})`;
  const ofTransactions = sql`${tableId(context, transactions.name)} t`;
  const above = sql`join ${ofTransactions} on t.${idColumn(transactions, 'id')} = c.${idColumn(connections, 'transactionId')}`;
  const ofConnections = sql`${tableId(context, connections.name)} c ${above}`;
  const ofRecordings = sql`${tableId(context, recordings.name)} r join ${tableId(context, connections.name)} c
    on c.${idColumn(connections, 'id')} = r.${idColumn(recordings, 'connectionId')} ${above}`;
  const select = (key: RawBuilder<unknown>, from: RawBuilder<unknown>) =>
    sql<{ id: string; owner: string }>`select ${key} as id, ${owner} as owner from ${from} ${among}`;
  return [
    { table: 'transactions', query: select(sql`t.${idColumn(transactions, 'id')}`, ofTransactions) },
    { table: 'connections', query: select(sql`c.${idColumn(connections, 'id')}`, ofConnections) },
    { table: 'recordings', query: select(sql`r.${idColumn(recordings, 'id')}`, ofRecordings) },
  ];
}

/** Names the column with the id of a row, or of a row above it. */
export function idColumn(plan: TablePlan, from: IdColumn['from']): RawBuilder<unknown> {
  return columnId(plan, plan.idColumns.find((candidate) => candidate.from === from)?.index ?? 0);
}
