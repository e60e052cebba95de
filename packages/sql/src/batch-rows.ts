import {
  type Batch,
  type CallOptions,
  type ContactTree,
  type InboundCall,
  type Row,
  type RowTable,
  rowsOfContact,
} from '@dbsync/core/contract';
import { projectRow } from './row-projection.js';
import type { Cell } from './storage.js';
import { createStoredIds, type TakenIds } from './stored-ids.js';
import { digestOfIds, proofOf } from './sync-proof.js';
import type { TablePlan } from './table-plan.js';
import { createTurns } from './turns.js';
import type { TableRows } from './upsert-batch.js';
import { ROW_TABLES } from './upstream-columns.js';

export type TablePlans = Readonly<Record<RowTable, TablePlan>>;

export interface BatchRows {
  /** Parents before children; within a table each key once. */
  readonly tables: readonly TableRows[];
  /** An estimate of the cells' size. */
  readonly bytes: number;
  /** The upstream row that is stored with this key. */
  rowOf(table: RowTable, key: string): Row | undefined;
}

/**
 * The rows of a batch as cells: each contact's proof is set, and ids that two of its contacts share are told apart.
 * @param taken rows that must give way to those of other contacts in the database
 */
export async function batchRows(
  batch: Batch,
  plans: TablePlans,
  planHash: string,
  taken: TakenIds,
  { signal }: CallOptions,
): Promise<BatchRows> {
  const collected = emptyTables();
  const collect = createCollector(collected, plans, taken);
  const turns = createTurns(signal);
  for (const tree of batch.contacts) {
    const turn = turns();
    if (turn) await turn;
    const [, ...below] = Array.from(rowsOfContact(tree), collect);
    setProof(tree, below, plans.contacts, planHash, collected.contacts);
  }
  for (const call of batch.inboundCalls) collect(rowOfCall(call));
  const tables = ROW_TABLES.map((table) => ({
    table: plans[table],
    rows: [...collected[table].values()].map(({ cells }) => cells),
  })).filter(({ rows }) => rows.length > 0);
  return { tables, bytes: sizeOf(tables), rowOf: (table, key) => collected[table].get(key)?.upstream };
}

interface CollectedRow {
  readonly upstream: Row;
  readonly cells: Cell[];
}

/** By the key that each row is stored with. */
type Collected = Readonly<Record<RowTable, Map<string, CollectedRow>>>;

function emptyTables(): Collected {
  return {
    contacts: new Map(),
    transactions: new Map(),
    connections: new Map(),
    recordings: new Map(),
    inbound_calls: new Map(),
  };
}

/** Answers each upstream row as it is stored. */
function createCollector(collected: Collected, plans: TablePlans, taken: TakenIds): (upstream: Row) => Row {
  const ids = createStoredIds();
  return (upstream) => {
    const table = collected[upstream.table];
    for (let times = taken.count(upstream); times > 0; times -= 1) ids.derive(upstream);
    let row = ids.placed(upstream);
    while ((table.get(row.id)?.upstream.contactId ?? row.contactId) !== row.contactId) {
      ids.derive(upstream);
      row = ids.placed(upstream);
    }
    table.set(row.id, { upstream, cells: projectRow(row, plans[row.table]) });
    return row;
  };
}

function setProof(
  { contactId, md5 }: ContactTree,
  below: readonly Row[],
  { proof }: TablePlan,
  planHash: string,
  contacts: ReadonlyMap<string, CollectedRow>,
): void {
  const cells = contacts.get(contactId)?.cells;
  if (cells === undefined || proof === null || md5 === null) return;
  cells[proof.index] = proof.codec.exact(proofOf(planHash, digestOfIds(below), md5)) ?? null;
}

function rowOfCall({ id, values }: InboundCall): Row {
  return { table: 'inbound_calls', id, contactId: '', transactionId: null, connectionId: null, values };
}

/** One row in sixteen stands for all. */
const SAMPLE = 16;

function sizeOf(tables: readonly TableRows[]): number {
  let bytes = 0;
  for (const { rows } of tables) {
    for (let at = 0; at < rows.length; at += SAMPLE) {
      for (const cell of rows[at] ?? []) bytes += (typeof cell === 'string' ? cell.length + 1 : 4) * SAMPLE;
    }
  }
  return bytes;
}
