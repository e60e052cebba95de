import type { ConnectionNode, TransactionNode } from '../contract/index.js';
import type { SameInstantIds } from './identify-transactions.js';
import { connectionIds, idPart, recordingIds } from './record-ids.js';

/** A transaction of the whole log, with the ids that it has or could have had. */
export interface IdentifiedNode {
  readonly node: TransactionNode;
  readonly sameInstant: SameInstantIds;
  readonly rank: number;
}

/**
 * Far more former ids than a contact has. Beyond this number rows under former ids may stay: thousands of recordings
 * below same-instant transactions that share one connection id would have millions of such ids.
 */
const MOST_FORMER_IDS = 200_000;

/**
 * Returns the former ids of this contact's records: ids that they could have had when its body was another one. They
 * arise when a transaction moved among those of the same instant (R17), when a second connection with the same id
 * became the first (R18), when a recording gained its location, and from the records below these. An id that a record
 * has now is never among them.
 */
export function listFormerIds(log: readonly IdentifiedNode[]): readonly string[] {
  const holders = countHolders(log);
  const former = new Set<string>();
  for (const sameInstant of new Set(log.map((entry) => entry.sameInstant))) {
    for (const id of sameInstant.possible()) former.add(id);
  }
  for (const { node, sameInstant, rank } of log) {
    if (former.size > MOST_FORMER_IDS) break;
    const idsOf = createPossibleConnectionIds(() => sameInstant.near(rank), holders);
    for (const connection of node.connections) {
      const connectionIds = idsOf(connection);
      for (const id of connectionIds) former.add(id);
      if (former.size > MOST_FORMER_IDS) break;
      for (const id of possibleRecordingIds(connection, connectionIds)) former.add(id);
    }
  }
  for (const { node } of log) {
    former.delete(node.id);
    for (const connection of node.connections) {
      former.delete(connection.id);
      for (const recording of connection.recordings) former.delete(recording.id);
    }
  }
  return [...former];
}

function countHolders(log: readonly IdentifiedNode[]): ReadonlyMap<string, number> {
  const holders = new Map<string, number>();
  for (const { node } of log) {
    for (const connection of node.connections) {
      const apiId = apiIdOf(connection);
      holders.set(apiId, (holders.get(apiId) ?? 0) + 1);
    }
  }
  return holders;
}

/**
 * Returns a function that gives the possible ids of one transaction's connections. Equal connections have equal ids,
 * computed once.
 */
function createPossibleConnectionIds(transactionIds: () => readonly string[], holders: ReadonlyMap<string, number>) {
  const shared = new Map<string, readonly string[]>();
  return (connection: ConnectionNode): readonly string[] => {
    const apiId = apiIdOf(connection);
    if (holders.get(apiId) === 1) return [connection.id];
    const known = shared.get(apiId);
    if (known) return known;
    const possible = [...new Set(transactionIds().flatMap((id) => [...connectionIds(apiId, id).preferred]))];
    shared.set(apiId, possible);
    return possible;
  };
}

function possibleRecordingIds(connection: ConnectionNode, connectionIds: readonly string[]): readonly string[] {
  return connection.recordings.slice(0, MOST_FORMER_IDS / connectionIds.length).flatMap(({ values }) => {
    const texts = [idPart(values, 'location'), idPart(values, 'started')].filter((text) => text !== null);
    return connectionIds.flatMap((id) => texts.flatMap((text) => [...recordingIds(id, text).preferred]));
  });
}

function apiIdOf({ values, id }: ConnectionNode): string {
  return idPart(values, 'id') ?? id;
}
