import {
  type ContactTree,
  type DeadLetter,
  type Fields,
  fieldOf,
  type Json,
  type TransactionNode,
} from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { CleanContact } from '../records/field-rules.js';
import { ID_LENGTH } from '../records/id-length.js';
import { type DeadLetterContext, newDeadLetter } from '../records/new-dead-letter.js';
import { passesFilter, type TransactionFilter } from '../records/transaction-filter.js';
import { type ContactIdSpaces, connectionNodesOf } from './connection-nodes.js';
import { type FiredTransaction, identifyTransactions } from './identify-transactions.js';
import { type IdentifiedNode, listFormerIds } from './list-former-ids.js';
import { createIdSpace, idPart } from './record-ids.js';
import { CODES, type Malformed, type PlacedRecord, recordsIn } from './record-list.js';

export interface TreeOptions extends DeadLetterContext {
  readonly filter: TransactionFilter;
}

/**
 * Converts one fetched contact to a tree. Ids come from the whole log, so they do not depend on the filter. A record
 * that can have no id becomes a dead letter with everything below it, and the rest of the contact is kept.
 *
 * @param body has a text as its `$id`; apart from that it may have any content, and no content makes this function
 * throw
 */
export function contactToTree(body: Fields, options: TreeOptions): ContactTree {
  const contactId = idPart(body, '$id');
  if (contactId === null) throw new DbsyncError('API_ANSWER_INVALID', 'A contact has no $id.');
  const { fired, malformed } = readTaskLog(fieldOf(body, '$task_log'), options.filter);
  const log = buildNodes(contactId, fired);
  const wanted = log.filter(({ node }) => passesFilter(node.values, options.filter));
  const flaws = [...malformed, ...wanted.flatMap((entry) => entry.malformed)];
  const md5 = md5Of(body);
  // Ids and filter use the body as it came. After this line no code sees the values that the field rules name.
  const clean = options.fields?.cleanContact(body) ?? AS_IT_CAME;
  const deadLetters = flaws.map(({ record, ...flaw }) => ({ ...flaw, record: clean.of(record) }));
  const formerIds = lazily(() => listFormerIds(log));
  // The list of former ids is computed now, since a later computation would keep the uncleaned body in memory.
  if (clean !== AS_IT_CAME) formerIds();
  return {
    contactId,
    md5,
    values: clean.of(body),
    transactions: wanted.map(({ node }) => cleanTransaction(node, clean)),
    get formerIds() {
      return formerIds();
    },
    get supersedes() {
      return formerIds();
    },
    deadLetters: deadLetters.map((flaw) => deadLetterOf(flaw, contactId, md5, options)),
  };
}

/** Computes a list when it is first asked for. A new contact has no row under a former id, so its list is not needed. */
function lazily(compute: () => readonly string[]): () => readonly string[] {
  let list: readonly string[] | null = null;
  return () => (list ??= compute());
}

/**
 * Returns the md5. Null if the body has none, or one so long that the md5s of many contacts would not fit into memory.
 */
function md5Of(body: Fields): string | null {
  const md5 = idPart(body, '$md5');
  return md5 === null || md5.length > ID_LENGTH ? null : md5;
}

const AS_IT_CAME: Pick<CleanContact, 'of'> = { of: (record) => record };

function cleanTransaction(node: TransactionNode, clean: Pick<CleanContact, 'of'>): TransactionNode {
  if (clean === AS_IT_CAME) return node;
  const connections = node.connections.map((connection) => {
    const recordings = connection.recordings.map(({ id, values }) => ({ id, values: clean.of(values) }));
    return { ...connection, values: clean.of(connection.values), recordings };
  });
  return { ...node, values: clean.of(node.values), connections };
}

interface LogNode extends IdentifiedNode {
  readonly node: TransactionNode;
  readonly malformed: readonly Malformed[];
}

/** Returns the transactions that can have an id, and as malformed those that cannot have one and pass the filter. */
function readTaskLog(taskLog: Json | undefined, filter: TransactionFilter) {
  const entries = recordsIn(taskLog, '$task_log', 'transaction');
  const malformed = [...entries.malformed];
  const fired: FiredTransaction[] = [];
  for (const { values, path } of entries.records) {
    const transactions = recordsIn(fieldOf(values, 'transactions'), `${path}.transactions`, 'transaction');
    for (const flaw of transactions.malformed) malformed.push(flaw);
    for (const record of transactions.records) {
      const when = idPart(record.values, 'fired');
      if (when !== null) fired.push({ ...record, fired: when });
      else if (passesFilter(record.values, filter)) malformed.push(withoutFired(record));
    }
  }
  return { fired, malformed };
}

function withoutFired({ values, path }: PlacedRecord): Malformed {
  const reason = 'has no fired, so it can have no id';
  return { kind: 'transaction', record: values, path, flaw: 'no-id', reason };
}

function buildNodes(contactId: string, fired: readonly FiredTransaction[]): readonly LogNode[] {
  const ids: ContactIdSpaces = { connections: createIdSpace(), recordings: createIdSpace() };
  return identifyTransactions(contactId, fired).map(({ transaction, id, sameInstant, rank }) => {
    const connections = connectionNodesOf(transaction, id, ids);
    const node = { id, values: transaction.values, connections: connections.nodes };
    return { node, sameInstant, rank, malformed: connections.malformed };
  });
}

function deadLetterOf(flaw: Malformed, contactId: string, md5: string | null, context: DeadLetterContext): DeadLetter {
  return newDeadLetter(context, {
    kind: flaw.kind,
    identity: `${contactId} ${flaw.path}`,
    contactId,
    md5,
    code: CODES[flaw.flaw],
    reason: `${flaw.path} of contact ${contactId} ${flaw.reason}.`,
    record: flaw.record,
  });
}
