import assert from 'node:assert/strict';
import {
  type ContactTree,
  canonicalJson,
  fieldOf,
  type InboundCall,
  NESTED_KEYS,
  type Row,
  type RowTable,
  rowsOfContact,
} from '@dbsync/core/contract';
import { sameValue } from './same-value.js';
import type { StoredRow, StoreTarget } from './store-subject.js';

const TABLES: readonly RowTable[] = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'];

/** The rows that should be in the target: whole contacts, and calls. */
export interface Expected {
  readonly contacts?: readonly ContactTree[];
  readonly inboundCalls?: readonly InboundCall[];
}

/** Fails unless all five tables hold exactly these rows, cell by cell. */
export async function expectStored(target: StoreTarget, expected: Expected): Promise<void> {
  const rows = [...(expected.contacts ?? []).flatMap((tree) => [...rowsOfContact(tree)]), ...rowsOfCalls(expected)];
  for (const table of TABLES) {
    expectTable(
      table,
      rows.filter((row) => row.table === table),
      await target.readRows(table),
    );
  }
}

/** Returns the ids that a table holds, sorted by code unit. */
export async function storedIds(target: StoreTarget, table: RowTable): Promise<readonly string[]> {
  return (await target.readRows(table)).map((row) => row.id).sort();
}

function* rowsOfCalls({ inboundCalls = [] }: Expected): Generator<Row> {
  const nowhere = { transactionId: null, connectionId: null };
  for (const { id, values } of inboundCalls) {
    const contactId = fieldOf(values, 'contact_id');
    yield { table: 'inbound_calls', id, values, ...nowhere, contactId: typeof contactId === 'string' ? contactId : '' };
  }
}

function expectTable(table: RowTable, wanted: readonly Row[], stored: readonly StoredRow[]): void {
  const ids = stored.map((row) => row.id).sort();
  assert.deepEqual(ids, wanted.map((row) => row.id).sort(), `the ids in ${table}`);
  const byId = new Map(stored.map((row) => [row.id, row]));
  for (const row of wanted) {
    const found = byId.get(row.id);
    assert.ok(found);
    expectLinks(row, found);
    expectValues(row, found);
  }
}

function expectLinks(wanted: Row, found: StoredRow): void {
  const where = `${wanted.table} ${wanted.id}`;
  if (wanted.table === 'contacts') return;
  assert.equal(found.contactId ?? '', wanted.contactId, `the contact of ${where}`);
  if (wanted.table === 'transactions' || wanted.table === 'inbound_calls') return;
  if (wanted.table === 'connections')
    assert.equal(found.transactionId, wanted.transactionId, `transaction of ${where}`);
  assert.equal(found.connectionId, wanted.connectionId, `the connection above ${where}`);
}

/** Names of columns that dbsync derives: an upstream value of that name counts only where it differs. */
const DERIVED: Readonly<Record<string, (row: Row) => string | null>> = {
  id: (row) => row.id,
  contact_id: (row) => row.contactId,
  transaction_id: (row) => row.transactionId,
  connection_id: (row) => row.connectionId,
  parent_connection_id: (row) => row.connectionId,
};

function expectValues(wanted: Row, found: StoredRow): void {
  const nested = NESTED_KEYS[wanted.table];
  const names = new Set([...Object.keys(wanted.values), ...Object.keys(found.values)]);
  for (const name of names) {
    if (nested.includes(name) || (wanted.table === 'transactions' && name === 'id')) continue;
    const derived = Object.hasOwn(DERIVED, name) ? DERIVED[name]?.(wanted) : undefined;
    const have = fieldOf(found.values, name) ?? derived;
    const want = fieldOf(wanted.values, name) ?? derived;
    if (sameValue(name, want, have)) continue;
    assert.fail(
      `${wanted.table} ${wanted.id}, ${JSON.stringify(name)}: upstream ${shown(want)}, stored ${shown(have)}`,
    );
  }
}

function shown(value: Parameters<typeof canonicalJson>[0] | undefined): string {
  const text = value === undefined ? 'nothing' : canonicalJson(value);
  return text.length > 200 ? `${text.slice(0, 200)}... (${text.length} characters)` : text;
}
