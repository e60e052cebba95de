import type { ConnectionNode, TransactionNode } from '../contract/index.js';
import { connectionIds, idPart, recordingIds } from './record-ids.js';

/** A transaction of the whole log, with the ids that it has or could have had. */
export interface IdentifiedNode {
  readonly node: TransactionNode;
  readonly possibleIds: readonly string[];
}

/**
 * Ids that records of this contact could have had when its body was another one: a twin that moved (R17), a second holder
 * of a connection id that became the first (R18), a recording that gained its location, and what hung below. Never one
 * that a record has now.
 */
export function supersededIds(log: readonly IdentifiedNode[]): readonly string[] {
  const holders = countHolders(log);
  const superseded = new Set<string>();
  for (const { node, possibleIds } of log) {
    for (const id of possibleIds) superseded.add(id);
    for (const connection of node.connections) {
      const connectionIds = possibleConnectionIds(connection, possibleIds, holders);
      for (const id of connectionIds) superseded.add(id);
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

function possibleConnectionIds(
  connection: ConnectionNode,
  transactionIds: readonly string[],
  holders: ReadonlyMap<string, number>,
): readonly string[] {
  const apiId = apiIdOf(connection);
  if (holders.get(apiId) === 1) return [connection.id];
  return transactionIds.flatMap((transactionId) => [...connectionIds(apiId, transactionId).take(2)]);
}

function possibleRecordingIds(connection: ConnectionNode, connectionIds: readonly string[]): readonly string[] {
  return connection.recordings.flatMap(({ values }) => {
    const texts = [idPart(values, 'location'), idPart(values, 'started')].filter((text) => text !== null);
    return connectionIds.flatMap((id) => texts.flatMap((text) => [...recordingIds(id, text).take(1)]));
  });
}

function apiIdOf({ values, id }: ConnectionNode): string {
  return idPart(values, 'id') ?? id;
}
