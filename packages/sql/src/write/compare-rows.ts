import {
  type Batch,
  type CallOptions,
  type CellDifference,
  isSinkError,
  type Row,
  type RowDifference,
  type StoredRecords,
  type Stream,
  withoutForgotten,
} from '@dbsync/core/contract';
import { type BatchRows, batchRows } from '../columns/batch-rows.js';
import { differingCells } from '../columns/differing-cells.js';
import { createTakenIds, type TakenIds } from '../columns/stored-ids.js';
import type { TablePlan } from '../columns/table-plan.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { Cell } from '../engine/storage.js';
import type { ReadySchema } from '../schema/schema-state.js';
import { type KnownContact, readKnownContacts, versionOf } from './known-contacts.js';
import { type ReadRow, readRows } from './read-rows.js';
import { decideOwners, otherCampaigns } from './row-owners.js';

/** The largest number of comparisons. A comparison is repeated when another contact's row has one of the ids. */
const MAX_ATTEMPTS = 8;

/**
 * Compares stored rows with those of the batch, as a write would make them: with the same projection, the same ids
 * (R18), and the same decision about the campaign of a contact. Rows are read by their keys, in a few queries for each
 * table.
 */
export async function compareRows(
  context: SqlContext,
  state: ReadySchema,
  stream: Stream,
  { contacts, inboundCalls }: StoredRecords,
  options: CallOptions,
): Promise<readonly RowDifference[]> {
  const storableCalls = inboundCalls.filter(({ id }) => isStorable(state.plans.inbound_calls, id));
  const asked: Batch = { contacts, inboundCalls: storableCalls, deadLetters: [], settled: [] };
  const { forgotten } = state;
  let batch = forgotten.count === 0 ? asked : withoutForgotten(asked, forgotten.has);
  const taken = createTakenIds();
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const known = await readKnownContacts(context, state.plans.contacts, '', idsOf(batch), options);
    const storable = await rowsToStore(context, state, stream, { batch, known, taken }, options);
    batch = storable.batch;
    const { rows } = storable;
    const stored = await readTables(context, rows, options);
    const foreign = rowsOfOthers(rows, stored);
    if (foreign.length === 0) return differencesOf(context, stream, rows, stored, known, options);
    for (const row of foreign) taken.add(row);
  }
  return [];
}

/** Returns whether the key can hold the id of the call. A write refuses other calls. */
function isStorable({ idColumns }: TablePlan, id: string): boolean {
  return idColumns.find(({ from }) => from === 'id')?.codec.exact(id) !== undefined;
}

const NO_OWNERS: ReadonlyMap<string, readonly string[]> = new Map();

function idsOf({ contacts }: Batch): readonly string[] {
  return contacts.map(({ contactId }) => contactId);
}

/** A batch, the stored proofs of its contacts, and the ids that other contacts have taken. */
interface Asked {
  readonly batch: Batch;
  readonly known: ReadonlyMap<string, KnownContact>;
  readonly taken: TakenIds;
}

/** Returns the rows of the batch, without contacts that a write would refuse or would leave to another campaign. */
async function rowsToStore(
  context: SqlContext,
  { plans }: ReadySchema,
  stream: Stream,
  { batch: asked, known, taken }: Asked,
  options: CallOptions,
): Promise<{ readonly batch: Batch; readonly rows: BatchRows }> {
  let batch = asked;
  for (;;) {
    try {
      const { batch: owned } = await decideOwners(context, plans, batch, known, { stream }, options);
      const rows = await batchRows(owned, plans, { planHash: '', formerOwners: NO_OWNERS }, taken, options);
      return { batch: owned, rows };
    } catch (error) {
      const refused = new Set(isSinkError(error) ? error.refusedContactIds : []);
      const contacts = batch.contacts.filter(({ contactId }) => !refused.has(contactId));
      if (contacts.length === batch.contacts.length) throw error;
      batch = { ...batch, contacts };
    }
  }
}

interface StoredTable {
  readonly plan: TablePlan;
  readonly expected: ReadonlyMap<string, readonly Cell[]>;
  readonly stored: ReadonlyMap<string, ReadRow>;
}

async function readTables(context: SqlContext, rows: BatchRows, options: CallOptions): Promise<readonly StoredTable[]> {
  const tables: StoredTable[] = [];
  for (const { table, rows: source } of rows.tables) {
    const expected = new Map(Array.from(source, (cells) => [String(cells[0]), [...cells]] as const));
    const stored = await readRows(context, table, [...expected.keys()], options);
    tables.push({ plan: table, expected, stored });
  }
  return tables;
}

/** Returns the rows of the batch whose id a row of another contact has. */
function rowsOfOthers(rows: BatchRows, tables: readonly StoredTable[]): readonly Row[] {
  const found: Row[] = [];
  for (const { plan, expected, stored } of tables) {
    const { ownerIndex, rowTable } = plan;
    if (ownerIndex === null || rowTable === 'contacts' || rowTable === 'inbound_calls') continue;
    for (const [key, cells] of stored) {
      const [owner, own] = [cells[ownerIndex], expected.get(key)?.[ownerIndex]];
      const row = owner === null || owner === own ? undefined : rows.rowOf(rowTable, key);
      if (row !== undefined) found.push(row);
    }
  }
  return found;
}

async function differencesOf(
  context: SqlContext,
  stream: Stream,
  rows: BatchRows,
  tables: readonly StoredTable[],
  known: ReadonlyMap<string, KnownContact>,
  options: CallOptions,
): Promise<readonly RowDifference[]> {
  const differences: RowDifference[] = [];
  let others: ReadonlySet<string> | null = null;
  for (const { plan, expected, stored } of tables) {
    const { rowTable, ownerIndex } = plan;
    for (const [id, cells] of expected) {
      const row = stored.get(id);
      const upstream = rows.rowOf(rowTable, id);
      const found: readonly CellDifference[] =
        row === undefined ? [] : differingCells(plan, cells, row, upstream?.values ?? {});
      if (row !== undefined && found.length === 0) continue;
      if (rowTable === 'inbound_calls' && row !== undefined) {
        others ??= await otherCampaigns(context, stream, options);
        if (others.has(String(row[ownerIndex ?? -1]))) continue;
      }
      const contactId = rowTable === 'inbound_calls' ? null : (upstream?.contactId ?? null);
      const version = contactId === null ? null : versionOf(known.get(contactId));
      differences.push({ kind: rowTable, id, contactId, version, cells: found });
    }
  }
  return differences;
}
