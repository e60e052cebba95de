import { hash } from 'node:crypto';
import {
  type Batch,
  type Claim,
  type ContactTree,
  canonicalJson,
  type DeadLetter,
  fieldOf,
  type InboundCall,
  NESTED_KEYS,
  type Row,
  type RowTable,
  rowsOfContact,
  SinkError,
  type WriteResult,
} from '@dbsync/core/contract';
import type { StreamData } from './database.ts';

/** Longer ids are refused, as most targets have such a limit. */
const LONGEST_ID = 200;

/** Commits a batch whole. All that can throw comes before the first change. */
export function commit(state: StreamData, batch: Batch, { plan }: Claim): WriteResult {
  refuseLongIds(batch);
  const counts = { inserted: 0, updated: 0, unchanged: 0, bytes: 0 };
  const changedUnderSameMd5 = batch.contacts
    .filter((tree) => writeContact(state, tree, plan, counts))
    .map(({ contactId }) => contactId);
  for (const call of batch.inboundCalls) put(state, rowOfCall(call), counts);
  for (const tree of batch.contacts) settleContact(state, tree);
  for (const letter of [...batch.contacts.flatMap((tree) => tree.deadLetters), ...batch.deadLetters]) {
    keepDeadLetter(state, letter);
  }
  for (const key of batch.settled) {
    state.deadLetters.delete(key);
    state.requests.delete(key);
  }
  if (batch.progress !== undefined) state.progress = batch.progress;
  return { ...counts, changedUnderSameMd5 };
}

function refuseLongIds({ contacts }: Batch): void {
  const refusedContactIds = contacts.map(({ contactId }) => contactId).filter(({ length }) => length > LONGEST_ID);
  if (refusedContactIds.length === 0) return;
  throw new SinkError('EXAMPLE_REFUSED', `Ids of contacts have ${LONGEST_ID} characters at most.`, {
    verdict: 'refused',
    outcome: 'not-committed',
    refusedContactIds,
  });
}

type Counts = Record<'inserted' | 'updated' | 'unchanged' | 'bytes', number>;

/** Returns whether a row below the contact changed though its md5, proved under this plan, is the same. */
function writeContact(state: StreamData, tree: ContactTree, plan: string, counts: Counts): boolean {
  const { contactId, md5 } = tree;
  const before = state.contacts.get(contactId);
  const wasWhole = before?.rowKeys.every((key) => state.rows.has(key)) === true;
  const rowKeys: string[] = [];
  let isBelowChanged = false;
  for (const row of withOwnIds(state, rowsOfContact(tree))) {
    rowKeys.push(keyOf(row.table, row.id));
    const isChanged = put(state, { ...row, values: withoutNested(row) }, counts);
    if (isChanged && row.table !== 'contacts') isBelowChanged = true;
  }
  for (const id of tree.formerIds) {
    for (const table of ['recordings', 'connections', 'transactions'] as const) {
      const key = keyOf(table, id);
      if (state.rows.get(key)?.row.contactId !== contactId) continue;
      state.rows.delete(key);
      isBelowChanged = true;
    }
  }
  state.contacts.set(contactId, { tree, plan, rowKeys });
  return isBelowChanged && wasWhole && md5 !== null && before?.plan === plan && before.tree.md5 === md5;
}

/**
 * Yields rows with their ids. A row of another contact keeps its id. The newcomer gets one that is derived from it, and
 * the rows below it follow.
 */
function* withOwnIds({ rows }: StreamData, wanted: Iterable<Row>): Generator<Row> {
  const derived = new Map<string, string>();
  for (const row of wanted) {
    const owner = rows.get(keyOf(row.table, row.id))?.row.contactId ?? row.contactId;
    const id = owner === row.contactId ? row.id : hash('md5', `${row.id}${row.transactionId}`);
    if (id !== row.id && row.table === 'connections') derived.set(row.id, id);
    const connectionId = row.connectionId === null ? null : (derived.get(row.connectionId) ?? row.connectionId);
    yield { ...row, id, connectionId };
  }
}

/** Puts a row; returns true where it is new or has changed. */
function put({ rows }: StreamData, row: Row, counts: Counts): boolean {
  const key = keyOf(row.table, row.id);
  const content = canonicalJson([row.contactId, row.transactionId, row.connectionId, row.values]);
  const digest = hash('sha256', content);
  const before = rows.get(key);
  if (before?.digest === digest) {
    counts.unchanged += 1;
    return false;
  }
  counts[before === undefined ? 'inserted' : 'updated'] += 1;
  counts.bytes += content.length;
  rows.set(key, { row, digest });
  return true;
}

function withoutNested({ table, values }: Row): Row['values'] {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !NESTED_KEYS[table].includes(name)));
}

function rowOfCall({ id, values }: InboundCall): Row {
  const contactId = fieldOf(values, 'contact_id');
  return {
    table: 'inbound_calls',
    id,
    contactId: typeof contactId === 'string' ? contactId : '',
    transactionId: null,
    connectionId: null,
    values,
  };
}

/** Settles the dead letters of an accepted contact, except those of messages and those that it carries again. */
function settleContact({ deadLetters }: StreamData, { contactId, deadLetters: again }: ContactTree): void {
  const carried = new Set(again.map(({ key }) => key));
  for (const { key, kind, contactId: about } of deadLetters.values()) {
    if (about === contactId && kind !== 'message' && !carried.has(key)) deadLetters.delete(key);
  }
}

/**
 * Stores a dead letter. The same failure is one dead letter: the newest, with the first time and the sum of attempts.
 */
function keepDeadLetter({ deadLetters }: StreamData, letter: DeadLetter): void {
  const before = deadLetters.get(letter.key);
  if (before === undefined) {
    deadLetters.set(letter.key, letter);
    return;
  }
  const { firstSeenAt } = letter.firstSeenAt < before.firstSeenAt ? letter : before;
  deadLetters.set(letter.key, { ...letter, firstSeenAt, attempts: before.attempts + letter.attempts });
}

function keyOf(table: RowTable, id: string): string {
  return `${table} ${id}`;
}
