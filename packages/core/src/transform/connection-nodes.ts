import { type ConnectionNode, fieldOf, type Json, type RecordingNode } from '../contract/index.js';
import { ID_LENGTH } from '../records/id-length.js';
import { connectionIds, type IdSpace, idPart, recordingIds } from './record-ids.js';
import { type Malformed, type PlacedRecord, recordsIn } from './record-list.js';

/** The used ids of the connections and recordings of one contact. They are unique over the whole log of the contact. */
export interface ContactIdSpaces {
  readonly connections: IdSpace;
  readonly recordings: IdSpace;
}

export interface ConnectionNodes {
  /** The connections, parents first. */
  readonly nodes: readonly ConnectionNode[];
  readonly malformed: readonly Malformed[];
}

/**
 * Connections are nested once or twice. Deeper connections than this are kept as a dead letter, since each level costs
 * stack and text.
 */
const MOST_LEVELS = 16;

/** Returns all connections of a transaction; a third-party connection comes after the connection that holds it. */
export function connectionNodesOf(
  transaction: PlacedRecord,
  transactionId: string,
  ids: ContactIdSpaces,
): ConnectionNodes {
  const nodes: ConnectionNode[] = [];
  const malformed: Malformed[] = [];

  const addList = (list: Json | undefined, path: string, holderId: string | null, level: number) => {
    if (level > MOST_LEVELS && list !== undefined && list !== null) {
      const reason = `lies below ${MOST_LEVELS} other connections, deeper than dbsync reads`;
      malformed.push({ kind: 'connection', record: list, path, flaw: 'out-of-bounds', reason });
      return;
    }
    const found = recordsIn(list, path, 'connection');
    for (const flaw of found.malformed) malformed.push(flaw);
    let previousId: string | null = null;
    for (const record of found.records) {
      const isTransfer = holderId === null && fieldOf(record.values, 'technology') === 'transfer';
      previousId = addConnection(record, isTransfer ? previousId : holderId, level) ?? previousId;
    }
  };

  const addConnection = ({ values, path }: PlacedRecord, parentId: string | null, level: number): string | null => {
    const apiId = fieldOf(values, 'id');
    if (typeof apiId !== 'string' || apiId === '') {
      malformed.push({ kind: 'connection', record: values, path, flaw: 'no-id', reason: 'has no text as its id' });
      return null;
    }
    if (apiId.length > ID_LENGTH) {
      const reason = `has an id of ${apiId.length} characters, more than dbsync takes`;
      malformed.push({ kind: 'connection', record: values, path, flaw: 'out-of-bounds', reason });
      return null;
    }
    const id = ids.connections.take(connectionIds(apiId, transactionId));
    const found = recordingNodesOf(fieldOf(values, 'recordings'), `${path}.recordings`, id, ids.recordings);
    for (const flaw of found.malformed) malformed.push(flaw);
    nodes.push({ id, parentId, values, recordings: found.nodes });
    addList(fieldOf(values, 'third_party_connections'), `${path}.third_party_connections`, id, level + 1);
    return id;
  };

  addList(fieldOf(transaction.values, 'connections'), `${transaction.path}.connections`, null, 0);
  return { nodes, malformed };
}

function recordingNodesOf(list: Json | undefined, listPlace: string, connectionId: string, ids: IdSpace) {
  const { records, malformed } = recordsIn(list, listPlace, 'recording');
  const nodes: RecordingNode[] = [];
  const nameless: Malformed[] = [];
  for (const { values, path } of records) {
    const what = idPart(values, 'location') ?? idPart(values, 'started');
    if (what !== null) nodes.push({ id: ids.take(recordingIds(connectionId, what)), values });
    else {
      const reason = 'has neither location nor started, so it can have no id';
      nameless.push({ kind: 'recording', record: values, path, flaw: 'no-id', reason });
    }
  }
  return { nodes, malformed: [...malformed, ...nameless] };
}
