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
import { md5Of } from '../samples/sample-contacts.js';
import { type MemoryContact, type MemoryTarget, streamOf } from './memory-target.js';

/** A text in the id of the one contact that this store refuses. */
export const REFUSED_MARK = '(refused)';

/**
 * Commits a batch: one synchronous step, after the last part that can throw. Rows of a contact become messages where
 * the ledger has another digest, parents first.
 */
export function commitBatch(target: MemoryTarget, batch: Batch, claim: Claim): WriteResult {
  refuseUnwanted(batch);
  refuseTaken(target, batch, claim);
  const taken = batch.contacts.map(({ contactId }) => contactId).filter((id) => isOfOther(target, id, claim));
  const queue = openQueue(target);
  const changedUnderSameMd5 = batch.contacts
    .filter((tree) => queueContact(target, queue, tree, claim))
    .map((tree) => tree.contactId);
  for (const call of batch.inboundCalls) {
    target.callStreams.set(call.id, claim.stream);
    queue.put(rowOfCall(call));
  }

  const stream = streamOf(target, claim.stream);
  for (const tree of batch.contacts) settleContact(stream.deadLetters, tree);
  for (const letter of [...batch.contacts.flatMap((tree) => tree.deadLetters), ...batch.deadLetters]) {
    keepDeadLetter(stream.deadLetters, letter);
  }
  for (const key of batch.settled) {
    stream.deadLetters.delete(key);
    stream.requests.delete(key);
  }
  if (batch.progress) Object.assign(stream, { progress: batch.progress, hadContacts: target.contacts.size > 0 });
  if (taken.length > 0) {
    const message = `Stream ${claim.stream} has contacts that another stream had until now: ${taken.join(', ')}.`;
    target.notices.push({ level: 'warn', code: 'MEMORY_OWNER_CHANGED', message });
  }
  return { ...queue.counts, changedUnderSameMd5 };
}

function isOfOther({ contacts }: MemoryTarget, contactId: string, { stream }: Claim): boolean {
  return (contacts.get(contactId)?.stream ?? stream) !== stream;
}

function refuseUnwanted({ contacts }: Batch): void {
  const refusedContactIds = contacts.map((tree) => tree.contactId).filter((id) => id.includes(REFUSED_MARK));
  if (refusedContactIds.length === 0) return;
  throw new SinkError('MEMORY_REFUSED', `Contacts with ${REFUSED_MARK} in their id are not taken.`, {
    verdict: 'refused',
    outcome: 'not-committed',
    refusedContactIds,
  });
}

/**
 * Refuses a contact that another stream has taken from this one. An inbound call stays with the stream that wrote it
 * first.
 */
function refuseTaken({ contacts: known, callStreams }: MemoryTarget, batch: Batch, { stream }: Claim): void {
  const ids = batch.contacts.map(({ contactId }) => contactId);
  const refusedContactIds = ids.filter((id) => known.get(id)?.formerStreams.includes(stream));
  const isCallTaken = batch.inboundCalls.some(({ id }) => (callStreams.get(id) ?? stream) !== stream);
  if (refusedContactIds.length === 0 && !isCallTaken) return;
  throw new SinkError('MEMORY_OWNER_CHANGED', `Another stream has records that stream ${stream} names too.`, {
    verdict: 'refused',
    outcome: 'not-committed',
    refusedContactIds,
  });
}

function formerStreamsOf(before: MemoryContact | undefined, stream: string): readonly string[] {
  if (before === undefined) return [];
  return before.stream === stream ? before.formerStreams : [...before.formerStreams, before.stream];
}

interface Queue {
  readonly counts: { inserted: number; updated: number; unchanged: number; bytes: number };
  /** Returns true where a message was queued. */
  put(row: Row): boolean;
  /** Returns true where the contact had such a record. */
  remove(record: string, contactId: string): boolean;
}

function openQueue({ ledger, messages }: MemoryTarget): Queue {
  const counts = { inserted: 0, updated: 0, unchanged: 0, bytes: 0 };
  return {
    counts,
    put: (row) => {
      const record = recordKey(row.table, row.id);
      const content = canonicalJson([row.contactId, row.transactionId, row.connectionId, row.values]);
      const digest = hash('sha256', content);
      const known = ledger.get(record)?.digest;
      if (known === digest) {
        counts.unchanged += 1;
        return false;
      }
      counts[known === undefined ? 'inserted' : 'updated'] += 1;
      counts.bytes += content.length;
      ledger.set(record, { contactId: row.contactId, digest });
      messages.push({ record, gone: false, row });
      return true;
    },
    remove: (record, contactId) => {
      if (ledger.get(record)?.contactId !== contactId) return false;
      ledger.delete(record);
      messages.push({ record, gone: true });
      return true;
    },
  };
}

/**
 * Queues the rows of a contact. Returns true where a row below it changed though the stored md5, proved under this
 * plan, is the same.
 */
function queueContact(target: MemoryTarget, queue: Queue, tree: ContactTree, claim: Claim): boolean {
  const { plan, stream } = claim;
  const { contactId, md5, formerIds } = tree;
  const before = target.contacts.get(contactId);
  const wasWhole = before !== undefined && isWhole(target, before.records);
  let changedBelow = false;
  const records: string[] = [];
  for (const row of withOwnIds(target, rowsOfContact(tree))) {
    records.push(recordKey(row.table, row.id));
    const changed = queue.put({ ...row, values: withoutNested(row) });
    if (changed && row.table !== 'contacts') changedBelow = true;
  }
  for (const id of formerIds) {
    for (const table of BELOW_CONTACTS) if (queue.remove(recordKey(table, id), contactId)) changedBelow = true;
  }
  const formerStreams = formerStreamsOf(before, stream);
  target.contacts.set(contactId, { tree, plan, records, stream, formerStreams, deletedAt: null });
  return changedBelow && wasWhole && md5 !== null && before.plan === plan && before.tree.md5 === md5;
}

/** True where all these records are still there: another program may have deleted some. */
export function isWhole({ ledger }: MemoryTarget, records: readonly string[]): boolean {
  return records.every((record) => ledger.has(record));
}

const BELOW_CONTACTS: readonly RowTable[] = ['recordings', 'connections', 'transactions'];

/**
 * Yields rows with their ids. A row of another contact keeps its id: the newcomer gets one derived from it, and the
 * rows below it follow.
 */
export function* withOwnIds({ ledger }: MemoryTarget, rows: Iterable<Row>): Generator<Row> {
  const derived = new Map<string, string>();
  for (const row of rows) {
    const owner = ledger.get(recordKey(row.table, row.id))?.contactId;
    const id = owner === undefined || owner === row.contactId ? row.id : md5Of(row.id + row.transactionId);
    if (id !== row.id && row.table === 'connections') derived.set(row.id, id);
    const parent = row.connectionId === null ? null : (derived.get(row.connectionId) ?? row.connectionId);
    yield { ...row, id, connectionId: parent };
  }
}

/** The values of the row that are no records of their own. */
export function withoutNested({ table, values }: Row): Row['values'] {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !NESTED_KEYS[table].includes(name)));
}

/** An inbound call as a row. */
export function rowOfCall({ id, values }: InboundCall): Row {
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

/** Settles the dead letters of an accepted contact; those that the tree carries again are stored right after. */
function settleContact(deadLetters: Map<string, DeadLetter>, { contactId, deadLetters: again }: ContactTree): void {
  const carried = new Set(again.map(({ key }) => key));
  for (const letter of deadLetters.values()) {
    const settles = letter.contactId === contactId && letter.kind !== 'message' && !carried.has(letter.key);
    if (settles) deadLetters.delete(letter.key);
  }
}

function keepDeadLetter(deadLetters: Map<string, DeadLetter>, letter: DeadLetter): void {
  const before = deadLetters.get(letter.key);
  if (before === undefined) return void deadLetters.set(letter.key, letter);
  const { firstSeenAt } = letter.firstSeenAt < before.firstSeenAt ? letter : before;
  deadLetters.set(letter.key, { ...letter, firstSeenAt, attempts: before.attempts + letter.attempts });
}

export function recordKey(table: RowTable, id: string): string {
  return `${table} ${id}`;
}
