import {
  type Batch,
  type CallOptions,
  type ContactTree,
  type Fields,
  fieldOf,
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
import type { ContactColumn, TablePlan } from './table-plan.js';
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
 * Converts a batch into cells. Sets each contact's proof, and derives ids where two of its contacts share one.
 * @param taken rows that must give way to those of other contacts in the database
 */
export async function batchRows(
  batch: Batch,
  plans: TablePlans,
  proofs: ProofParts,
  taken: TakenIds,
  { signal }: CallOptions,
): Promise<BatchRows> {
  const { rows: collected, upstreamOf, collect } = createCollector(plans, taken);
  const yieldNow = createYield(signal);
  const contacts = new Map<string, ProvedContact>();
  for (const tree of batch.contacts) {
    const pause = yieldNow();
    if (pause) await pause;
    const below: StoredId[] = [];
    for (const upstream of rowsOfContact(tree)) {
      const row = collect(upstream);
      if (row.table !== 'contacts') below.push(row);
    }
    contacts.set(tree.contactId, { tree, below, proof: proofOfTree(tree, below, proofs) });
  }
  for (const call of batch.inboundCalls) collect(rowOfCall(call));
  const tables = ROW_TABLES.filter((table) => collected[table].size > 0).map((table) => ({
    table: plans[table],
    rows: createRowSource(collected[table], plans[table], contacts),
  }));
  return {
    tables,
    get bytes() {
      return tables.reduce((sum, { rows }) => sum + rows.bytes, 0);
    },
    rowOf(table, key) {
      const row = collected[table].get(key);
      return row && upstreamOf(row);
    },
    idsBelow: (contactId) => idsBelowOf(contacts.get(contactId)?.proof ?? null),
    keepBelow(contactId, kept) {
      const contact = contacts.get(contactId);
      if (contact !== undefined) contact.proof = proofOfTree(contact.tree, [...contact.below, ...kept], proofs);
    },
  };
}

interface ProvedContact {
  readonly tree: ContactTree;
  readonly below: readonly StoredId[];
  proof: string | null;
}

/** The rows of each table as they are stored, by the key that each is stored with. */
type Collected = Readonly<Record<RowTable, Map<string, Row>>>;

function emptyTables(): Collected {
  return {
    contacts: new Map(),
    transactions: new Map(),
    connections: new Map(),
    recordings: new Map(),
    inbound_calls: new Map(),
  };
}

interface Collector {
  readonly rows: Collected;
  /** Places an upstream row, collects it, and returns it as it is stored: the same object where no id is taken. */
  collect(upstream: Row): Row;
  /** Returns the upstream row of one that was collected. */
  upstreamOf(row: Row): Row;
}

function createCollector(plans: TablePlans, taken: TakenIds): Collector {
  const rows = emptyTables();
  const ids = createStoredIds();
  const upstreams = new Map<Row, Row>();
  return {
    rows,
    collect(upstream) {
      const table = rows[upstream.table];
      for (let times = taken.count(upstream); times > 0; times -= 1) ids.derive(upstream);
      let row = ids.placed(upstream);
      while ((table.get(row.id)?.contactId ?? row.contactId) !== row.contactId) {
        ids.derive(upstream);
        row = ids.placed(upstream);
      }
      refuseUnfitId(row, plans[row.table]);
      table.set(row.id, row);
      if (row !== upstream) upstreams.set(row, upstream);
      return row;
    },
    upstreamOf: (row) => upstreams.get(row) ?? row,
  };
}

/**
 * Returns the proof of a contact. Without an md5 a contact is never proved; its former campaigns are named all the same.
 */
function proofOfTree(
  { contactId, md5 }: ContactTree,
  below: readonly StoredId[],
  { planHash, formerOwners }: ProofParts,
): string | null {
  const former = formerOwners.get(contactId) ?? [];
  if (md5 === null && former.length === 0) return null;
  return proofOf(planHash, digestOfIds(below), md5 ?? '', former);
}

/** Rows as they are sent, and an estimate of their size. */
interface MeasuredRows extends RowSource {
  readonly bytes: number;
}

function createRowSource(
  collected: ReadonlyMap<string, Row>,
  plan: TablePlan,
  contacts: ReadonlyMap<string, ProvedContact>,
): MeasuredRows {
  const encode = encoderOf(plan);
  const { proof, ofContact } = plan;
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
      for (const row of collected.values()) {
        encode(row, cells);
        const text = proof && contacts.get(row.id)?.proof;
        if (text && proof) cells[proof.index] = proof.codec.exact(text) ?? null;
        if (ofContact) cells[ofContact.index] = cellOfContact(ofContact, contacts.get(row.contactId)?.tree.values);
        if (position % SAMPLE === 0) bytes += SAMPLE * sizeOf(cells);
        position += 1;
        yield cells;
      }
    },
  };
}

/** Returns the cell that repeats a value of the contact; null where the column cannot hold it: the contact has it. */
export function cellOfContact({ codec, field }: ContactColumn, values: Fields | undefined): Cell {
  const value = values && fieldOf(values, field);
  return value === undefined || value === null ? null : (codec.exact(value) ?? null);
}

/** One row is measured in each group of this size, and stands for the others. */
const SAMPLE = 64;

function sizeOf(cells: readonly Cell[]): number {
  let size = 0;
  for (const cell of cells) size += typeof cell === 'string' ? cell.length + 1 : 4;
  return size;
}

function rowOfCall({ id, values }: InboundCall): Row {
  return { table: 'inbound_calls', id, contactId: '', transactionId: null, connectionId: null, values };
}
