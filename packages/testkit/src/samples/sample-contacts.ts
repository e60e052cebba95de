import { hash } from 'node:crypto';
import type {
  ConnectionNode,
  ContactTree,
  DeadLetter,
  Fields,
  InboundCall,
  Progress,
  RecordingNode,
  TransactionNode,
} from '@dbsync/core/contract';

/**
 * A contact with two transactions; the first has a connection with a recording, and below it a third-party connection
 * with its own recording. Bodies and trees agree, as core makes them.
 */
export function sampleContact(contactId: string, changes: Partial<ContactTree> = {}): ContactTree {
  const transactions = changes.transactions ?? sampleTransactions(contactId);
  const md5 = changes.md5 === undefined ? md5Of(`md5 of ${contactId}`) : changes.md5;
  return {
    contactId,
    md5,
    values: {
      $id: contactId,
      ...(md5 === null ? {} : { $md5: md5 }),
      $ref: `ref-${contactId}`,
      $status: 'success',
      $phone: '+49 30 1234',
      $created_date: '2026-03-01T08:00:00.000Z',
      $comment: 'Zoë called back',
      city: 'Łódź',
      ...changes.values,
      $task_log: [{ transactions: transactions.map((node) => node.values) }],
    },
    transactions,
    formerIds: changes.formerIds ?? [],
    supersedes: changes.formerIds ?? [],
    deadLetters: changes.deadLetters ?? [],
  };
}

/** Many such contacts, all different. */
export function sampleContacts(count: number, prefix = 'C'): readonly ContactTree[] {
  return Array.from({ length: count }, (_, nr) => sampleContact(`${prefix}${nr}`));
}

/** The transactions of {@link sampleContact}. */
export function sampleTransactions(contactId: string): readonly TransactionNode[] {
  const third = sampleConnection(`${contactId}-c2`, { parentId: `${contactId}-c1` });
  return [
    sampleTransaction(contactId, 1, {}, [sampleConnection(`${contactId}-c1`), third]),
    sampleTransaction(contactId, 2),
  ];
}

/** Makes a transaction. @param nr makes its `fired`, and so its id, unique */
export function sampleTransaction(
  contactId: string,
  nr: number,
  values: Fields = {},
  connections: readonly ConnectionNode[] = [],
): TransactionNode {
  const fired = new Date(Date.UTC(2026, 2, 2, 9, 0, 0) + nr * 61_007).toISOString();
  return {
    id: md5Of(contactId + fired),
    values: {
      id: contactId,
      fired,
      sequence_nr: nr,
      task: 'fc_first',
      type: 'update',
      user: 'agent.1',
      actor: 'Agent 1',
      status: 'success',
      isHI: true,
      pause_time_sec: 3,
      edit_time_sec: 12.5,
      ...values,
      connections: connections.filter((node) => node.parentId === null).map((node) => bodyOf(node, connections)),
    },
    connections,
  };
}

/** Makes a connection with one recording, unless others are given. */
export function sampleConnection(
  id: string,
  changes: Partial<ConnectionNode> = {},
  recordings = [sampleRecording(id, `https://records.example/${id}.mp3`)],
): ConnectionNode {
  return {
    id,
    parentId: changes.parentId ?? null,
    values: {
      id,
      phone: '+49 30 1234',
      started: '2026-03-02T09:01:00.000Z',
      disconnected: '2026-03-02T09:03:20.250Z',
      duration: 140_250,
      isThirdPartyConnection: changes.parentId !== undefined,
      ...changes.values,
    },
    recordings: changes.recordings ?? recordings,
  };
}

/** A recording whose id is computed as core computes it. */
export function sampleRecording(connectionId: string, location: string): RecordingNode {
  return {
    id: md5Of(connectionId + location),
    values: { started: '2026-03-02T09:01:05.000Z', stopped: '2026-03-02T09:03:20.000Z', location, filename: 'a b.mp3' },
  };
}

/** An inbound call of a contact. */
export function sampleCall(id: string, values: Fields = {}): InboundCall {
  return {
    id,
    values: {
      id,
      line_id: 'line-1',
      calling_number: '+49 40 99',
      called_number: '+49 30 1',
      call_time: '2026-03-02T10:00:00.000Z',
      connect_time: '2026-03-02T10:00:07.500Z',
      state: 'connected',
      ...values,
    },
  };
}

/** Makes progress. @param minute of an hour of 2 March 2026 until which the events have been read */
export function sampleProgress(minute: number): Progress {
  const at = new Date(Date.UTC(2026, 2, 2, 12, minute)).toISOString();
  return {
    since: '2026-01-01T00:00:00.000Z',
    eventsUntil: at,
    listedFrom: at,
    fullyListedFrom: null,
    inboundUntil: at,
    backfill: { from: '2025-01-01T00:00:00.000Z', cursor: null },
    md5Proves: true,
    md5AgreesSince: null,
    plan: 'filter=all',
  };
}

/** A dead letter of this key. */
export function sampleDeadLetter(key: string, changes: Partial<DeadLetter> = {}): DeadLetter {
  return {
    key,
    kind: 'contact',
    contactId: null,
    md5: null,
    code: 'SAMPLE_REFUSED',
    reason: 'The store says no.',
    body: '{"n":12345678901234567890,"s":"\\ud83d"}',
    firstSeenAt: '2026-03-02T10:00:00.000Z',
    attempts: 1,
    ...changes,
  };
}

/** Returns an md5 in hexadecimal digits, as the upstream writes it. */
export function md5Of(text: string): string {
  return hash('md5', text);
}

function bodyOf(node: ConnectionNode, all: readonly ConnectionNode[]): Fields {
  const below = all.filter((other) => other.parentId === node.id);
  return {
    ...node.values,
    recordings: node.recordings.map((recording) => recording.values),
    ...(below.length > 0 && { third_party_connections: below.map((other) => bodyOf(other, all)) }),
  };
}
