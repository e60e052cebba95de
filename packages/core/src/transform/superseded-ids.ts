import type { ConnectionNode, TransactionNode } from '../contract/index.js';
import { connectionIds, idPart, recordingIds } from './record-ids.js';

/** A transaction of the whole log, with the ids that it has or could have had. */
export interface IdentifiedNode {
  readonly node: TransactionNode;
  /** Shared by the transactions of one `fired`. */
  readonly possibleIds: readonly string[];
  /** Those that this one may have had itself. */
  readonly nearIds: readonly string[];
}

/**
 * Far more than a contact has. Beyond it rows under ids of before may stay: thousands of recordings below twins of one connection
 * would have millions of such ids.
 */
const MOST_SUPERSEDED = 200_000;

/**
 * Ids that records of this contact could have had when its body was another one: a twin that moved (R17), a second holder
 * of a connection id that became the first (R18), a recording that gained its location, and what hung below. Never one
 * that a record has now.
 */
export function supersededIds(log: readonly IdentifiedNode[]): readonly string[] {
  const holders = countHolders(log);
  const superseded = new Set<string>();
  for (const possibleIds of new Set(log.map((entry) => entry.possibleIds))) {
    for (const id of possibleIds) superseded.add(id);
  }
  for (const { node, nearIds } of log) {
    if (superseded.size > MOST_SUPERSEDED) break;
    const idsOf = createPossibleConnectionIds(nearIds, holders);
    for (const connection of node.connections) {
      const connectionIds = idsOf(connection);
      for (const id of connectionIds) superseded.add(id);
      if (superseded.size > MOST_SUPERSEDED) break;
      for (const id of possibleRecordingIds(connection, connectionIds)) superseded.add(id);
    }
  }
  for (const { node } of log) {
    superseded.delete(node.id);
    for (const connection of node.connections) {
      superseded.delete(connection.id);
      for (const recording of connection.recordings) superseded.delete(recording.id);
    }
  }
  return [...superseded];
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

/** The ids that connections of one transaction could have. Equal connections have equal ids, which are computed once. */
function createPossibleConnectionIds(transactionIds: readonly string[], holders: ReadonlyMap<string, number>) {
  const shared = new Map<string, readonly string[]>();
  return (connection: ConnectionNode): readonly string[] => {
    const apiId = apiIdOf(connection);
    if (holders.get(apiId) === 1) return [connection.id];
    const known = shared.get(apiId);
    if (known) return known;
    const possible = [...new Set(transactionIds.flatMap((id) => [...connectionIds(apiId, id).preferred]))];
    shared.set(apiId, possible);
    return possible;
  };
}

function possibleRecordingIds(connection: ConnectionNode, connectionIds: readonly string[]): readonly string[] {
  return connection.recordings.slice(0, MOST_SUPERSEDED / connectionIds.length).flatMap(({ values }) => {
    const texts = [idPart(values, 'location'), idPart(values, 'started')].filter((text) => text !== null);
    return connectionIds.flatMap((id) => texts.flatMap((text) => [...recordingIds(id, text).preferred]));
  });
}

function apiIdOf({ values, id }: ConnectionNode): string {
  return idPart(values, 'id') ?? id;
}
