import type { Batch, CallOptions } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { BatchRows, TablePlans } from './batch-rows.js';
import { chunksOf } from './chunks.js';
import type { KnownContact } from './known-contacts.js';
import type { SqlContext } from './sql-context.js';
import type { PlaceColumn, TablePlan } from './table-plan.js';

/** How many rows below a contact its newest body lacks, by the contact's id. They stay: the body may be a lagging one (R19). */
export type VanishedRows = ReadonlyMap<string, number>;

/** Looks only below contacts that were whole before and have other rows now, since all others cannot have lost one. */
export async function findVanished(
  context: SqlContext,
  plans: TablePlans,
  { contacts }: Batch,
  rows: BatchRows,
  known: ReadonlyMap<string, KnownContact>,
  options: CallOptions,
): Promise<VanishedRows> {
  const vanished = new Map<string, number>();
  const changed = contacts.filter(({ contactId }) => {
    const before = known.get(contactId)?.idsBelow ?? null;
    return before !== null && before !== rows.idsBelow(contactId);
  });
  const superseded = new Set(changed.flatMap(({ supersedes }) => supersedes));
  const ids = changed.map(({ contactId }) => contactId);
  for (const chunk of chunksOf(ids, context.engine)) {
    for (const { table, query } of rowsBelow(plans, chunk)) {
      const stored = await query.execute(context.session.db, options);
      for (const { id, owner } of stored.rows) {
        if (superseded.has(id) || rows.rowOf(table, id) !== undefined) continue;
        vanished.set(owner, (vanished.get(owner) ?? 0) + 1);
      }
    }
  }
  return vanished;
}

/** So many contacts are named. */
const MAX_NAMED = 3;

export function tellVanished({ notify }: SqlContext, vanished: VanishedRows): void {
  if (vanished.size === 0) return;
  const count = [...vanished.values()].reduce((sum, rows) => sum + rows, 0);
  const named = [...vanished.keys()].slice(0, MAX_NAMED).join(', ');
  const more = vanished.size > MAX_NAMED ? ` and ${vanished.size - MAX_NAMED} more` : '';
  const message = `${count} records of contacts ${named}${more} are not in the API's newest answer any more: their rows stay`;
  notify({ level: 'info', code: 'SQL_CHILDREN_VANISHED', message });
}

interface BelowQuery {
  readonly table: 'transactions' | 'connections' | 'recordings';
  readonly query: RawBuilder<{ id: string; owner: string }>;
}

/** By the columns that are indexed; a row that hangs below nothing any more is not among them. */
function rowsBelow({ transactions, connections, recordings }: TablePlans, owners: readonly string[]): BelowQuery[] {
  const owner = sql`t.${place(transactions, 'contactId')}`;
  const among = sql`where ${owner} in (${sql.join(owners)})`;
  const ofTransactions = sql`${sql.id(transactions.name)} t`;
  const above = sql`join ${ofTransactions} on t.${place(transactions, 'id')} = c.${place(connections, 'transactionId')}`;
  const ofConnections = sql`${sql.id(connections.name)} c ${above}`;
  const ofRecordings = sql`${sql.id(recordings.name)} r join ${sql.id(connections.name)} c
    on c.${place(connections, 'id')} = r.${place(recordings, 'connectionId')} ${above}`;
  const select = (key: RawBuilder<unknown>, from: RawBuilder<unknown>) =>
    sql<{ id: string; owner: string }>`select ${key} as id, ${owner} as owner from ${from} ${among}`;
  return [
    { table: 'transactions', query: select(sql`t.${place(transactions, 'id')}`, ofTransactions) },
    { table: 'connections', query: select(sql`c.${place(connections, 'id')}`, ofConnections) },
    { table: 'recordings', query: select(sql`r.${place(recordings, 'id')}`, ofRecordings) },
  ];
}

function place({ places, columns }: TablePlan, from: PlaceColumn['from']): RawBuilder<unknown> {
  const index = places.find((candidate) => candidate.from === from)?.index ?? 0;
  return sql.id(columns[index]?.name ?? '');
}
