import {
  type Batch,
  type CallOptions,
  type ContactTree,
  type InboundCall,
  type Row,
  type RowTable,
  rowsOfContact,
} from '@dbsync/core/contract';
import { createYield } from '@dbsync/core/sink-kit';
import type { Cell } from '../engine/storage.js';
import type { RowSource, TableRows } from '../engine/upsert-batch.js';
import { encoderOf, refuseUnfitId } from './row-encoder.js';
import { createStoredIds, type TakenIds } from './stored-ids.js';
import { digestOfIds, idsBelowOf, proofOf, type StoredId } from './sync-proof.js';
import type { TablePlan } from './table-plan.js';
import { ROW_TABLES } from './upstream-columns.js';

export type TablePlans = Readonly<Record<RowTable, TablePlan>>;

export interface BatchRows {
  /** Parents before children; each key once within a table. */
  readonly tables: readonly PlannedRows[];
  /** An estimate of the cells' size, once they were read. */
  readonly bytes: number;
  /** Returns the upstream row that is stored with this key. */
  rowOf(table: RowTable, key: string): Row | undefined;
  /** Returns the digest of the ids below a contact, as its proof names it; null without a proof. */
  idsBelow(contactId: string): string | null;
  /** Adds these rows to the proof of the contact: they stay below it though its body lacks them. */
  keepBelow(contactId: string, kept: readonly StoredId[]): void;
}

/** Rows of a table, with the plan that made them. */
export interface PlannedRows extends TableRows {
  readonly table: TablePlan;
}

/** The facts that the proofs of a batch name, beside the contacts' own rows. */
export interface ProofParts {
  readonly planHash: string;
  /** Marks of the campaigns that a contact's row was taken from, by the contact's id. */
  readonly formerOwners: ReadonlyMap<string, readonly string[]>;
}

/**
 * Yield a batch into cells. Sets each contact's proof, and derives ids where two of its contacts share one.
 * @param taken rows that must give way to those of other contacts in the database
 */
export async function batchRows(
  batch: Batch,
  plans: TablePlans,
  proofs: ProofParts,
  taken: TakenIds,
  { signal }: CallOptions,
): Promise<BatchRows> {
  const collected = emptyTables();
  const collect = createCollector(collected, plans, taken);
  const yieldNow = createYield(signal);
  const proved = new Map<string, { readonly tree: ContactTree; readonly below: readonly StoredId[] }>();
  for (const tree of batch.contacts) {
    const pause = yieldNow();
    if (pause) await pause;
    const [, ...below] = Array.from(rowsOfContact(tree), collect);
    proved.set(tree.contactId, { tree, below });
    setProof(tree, below, proofs, collected.contacts);
  }
  for (const call of batch.inboundCalls) collect(rowOfCall(call));
  const tables = ROW_TABLES.filter((table) => collected[table].size > 0).map((table) => ({
    table: plans[table],
    rows: createRowSource(collected[table], plans[table]),
  }));
  return {
    tables,
    get bytes() {
      return tables.reduce((sum, { rows }) => sum + rows.bytes, 0);
    },
    rowOf: (table, key) => collected[table].get(key)?.upstream,
    idsBelow: (contactId) => idsBelowOf(collected.contacts.get(contactId)?.proof ?? null),
    keepBelow(contactId, kept) {
      const of = proved.get(contactId);
      if (of !== undefined) setProof(of.tree, [...of.below, ...kept], proofs, collected.contacts);
    },
  };
}

interface CollectedRow {
  readonly upstream: Row;
  /** The row as it is stored. */
  readonly row: Row;
  /** The proof of a contact, once all rows below it are known. */
  proof: string | null;
}

/** The rows of each table, by the key that each is stored with. */
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

/** Returns a function that places an upstream row, collects it, and returns it as it is stored. */
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
    refuseUnfitId(row, plans[row.table]);
    table.set(row.id, { upstream, row, proof: null });
    return row;
  };
}

/**
 * Sets the proof of a contact. Without an md5 a contact is never proved; its former campaigns are named all the same.
 */
function setProof(
  { contactId, md5 }: ContactTree,
  below: readonly StoredId[],
  { planHash, formerOwners }: ProofParts,
  contacts: ReadonlyMap<string, CollectedRow>,
): void {
  const contact = contacts.get(contactId);
  const former = formerOwners.get(contactId) ?? [];
  if (contact === undefined || (md5 === null && former.length === 0)) return;
  contact.proof = proofOf(planHash, digestOfIds(below), md5 ?? '', former);
}

/** Rows as they are sent, and an estimate of their size. */
interface MeasuredRows extends RowSource {
  readonly bytes: number;
}

function createRowSource(collected: ReadonlyMap<string, CollectedRow>, plan: TablePlan): MeasuredRows {
  const encode = encoderOf(plan);
  let bytes = 0;
  return {
    length: collected.size,
    get bytes() {
      return bytes;
    },
    *[Symbol.iterator]() {
      const cells: Cell[] = [];
      let position = 0;
      bytes = 0;
      for (const { row, proof } of collected.values()) {
        encode(row, cells);
        if (proof !== null && plan.proof !== null) cells[plan.proof.index] = plan.proof.codec.exact(proof) ?? null;
        if (position % SAMPLE === 0) bytes += SAMPLE * sizeOf(cells);
        position += 1;
        yield cells;
      }
    },
  };
}

/** The size of one row in so many is measured, and stands for the others. */
const SAMPLE = 64;

function sizeOf(cells: readonly Cell[]): number {
  let size = 0;
  for (const cell of cells) size += typeof cell === 'string' ? cell.length + 1 : 4;
  return size;
}

function rowOfCall({ id, values }: InboundCall): Row {
  return { table: 'inbound_calls', id, contactId: '', transactionId: null, connectionId: null, values };
}
