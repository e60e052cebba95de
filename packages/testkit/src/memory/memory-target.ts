import type {
  Claim,
  ContactTree,
  DeadLetter,
  ErasedCounts,
  ProcessIdentity,
  Progress,
  Row,
  RowTable,
  SinkNotice,
  StoreRequest,
  Stream,
} from '@dbsync/core/contract';
import type { StoredRow } from '../store-subject.js';

/** The data that memory stores share, like a database. */
export interface MemoryTarget {
  readonly streams: Map<Stream, MemoryStream>;
  /** Custom fields and their types. */
  readonly fields: Map<string, string>;
  /** Custom fields that get no room for now. */
  readonly obstructed: Set<string>;
  /** The queue, oldest first: a record's content each time it changed, or the note that it is gone. */
  readonly messages: MemoryMessage[];
  /** For each record its contact, and the digest of its last queued content. */
  readonly ledger: Map<string, { readonly contactId: string; readonly digest: string }>;
  /** For each id the contact that was last written whole. */
  readonly contacts: Map<string, MemoryContact>;
  /** For the id of each inbound call the stream that wrote it first. */
  readonly callStreams: Map<string, Stream>;
  /** All notices of its sinks. */
  readonly notices: SinkNotice[];
  /** The contacts that are kept out, by their ids. */
  readonly forgotten: Map<string, ErasedCounts>;
  /** The time zone of its views; null: none is installed. */
  viewZone: string | null;
  /** True once its index was built. */
  isIndexed: boolean;
  /** The first load that is on, with the stream that began it; null: none is. */
  load: { readonly stream: Stream } | null;
}

export interface MemoryContact {
  readonly tree: ContactTree;
  readonly plan: string;
  readonly records: readonly string[];
  readonly stream: Stream;
  /** The streams that the contact was taken from. */
  readonly formerStreams: readonly Stream[];
  /** The time when the campaign was found to have deleted it; null: it has it. */
  readonly deletedAt: string | null;
}

export interface MemoryStream {
  epoch: bigint;
  /** The number of renewals, writes and claims. */
  beats: number;
  lease: { readonly claim: Claim; readonly process: ProcessIdentity; endsAt: number } | null;
  progress: Progress | null;
  /** True where the target had contacts when the progress was committed. */
  hadContacts: boolean;
  readonly deadLetters: Map<string, DeadLetter>;
  readonly requests: Map<string, StoreRequest>;
  /** Core's notes about contacts, by their id. */
  readonly notes: Map<string, string>;
  /** Core's last heartbeat; null: none. */
  heartbeat: { readonly text: string; readonly holder: string; readonly keptMs: number } | null;
}

export type MemoryMessage =
  | { readonly record: string; readonly gone: false; readonly row: Row }
  | { readonly record: string; readonly gone: true };

/** An empty target, to be shared by the stores of one test. */
export function createMemoryTarget(): MemoryTarget {
  return {
    streams: new Map(),
    fields: new Map(),
    obstructed: new Set(),
    messages: [],
    ledger: new Map(),
    contacts: new Map(),
    callStreams: new Map(),
    notices: [],
    forgotten: new Map(),
    viewZone: null,
    isIndexed: false,
    load: null,
  };
}

export function streamOf(target: MemoryTarget, stream: Stream): MemoryStream {
  const known = target.streams.get(stream);
  if (known) return known;
  const fresh = {
    epoch: 0n,
    beats: 0,
    lease: null,
    progress: null,
    hadContacts: false,
    deadLetters: new Map(),
    requests: new Map(),
    notes: new Map(),
    heartbeat: null,
  };
  target.streams.set(stream, fresh);
  return fresh;
}

/** Removes a record, as another program would. */
export function removeRecord({ ledger, messages }: MemoryTarget, record: string): void {
  ledger.delete(record);
  messages.push({ record, gone: true });
}

/** Returns the rows that a reader of the queue ends with. */
export function rowsOfMessages({ messages }: MemoryTarget, table: RowTable): readonly StoredRow[] {
  const rows = new Map<string, StoredRow>();
  for (const message of messages) {
    if (message.gone) rows.delete(message.record);
    else if (message.row.table === table) rows.set(message.record, message.row);
  }
  return [...rows.values()];
}
