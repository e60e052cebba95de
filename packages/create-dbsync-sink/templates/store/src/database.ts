import type {
  ContactTree,
  DeadLetter,
  ProcessIdentity,
  Progress,
  Row,
  RowTable,
  StoreRequest,
} from '@dbsync/core/contract';

/**
 * A database in the memory of this process, in place of your target: a client of your target goes here. All changes
 * that `store.ts` and `commit.ts` make in one step must be one transaction there.
 */
export interface Database {
  /** The streams by name, which is the id of a campaign. */
  readonly streams: Map<string, StreamData>;
}

/** All that the database keeps for one stream. */
export interface StreamData {
  epoch: bigint;
  /** The number of claims, renewals and writes. A database that counts fewer was restored from a backup. */
  beats: number;
  lease: Lease | null;
  progress: Progress | null;
  /** The rows by table and id. */
  readonly rows: Map<string, KeptRow>;
  /** The contacts that were written whole, by id. */
  readonly contacts: Map<string, KeptContact>;
  readonly deadLetters: Map<string, DeadLetter>;
  /** The mailbox, oldest first. */
  readonly requests: Map<string, StoreRequest>;
}

/** The holder of a stream. */
export interface Lease {
  readonly holder: string;
  readonly plan: string;
  readonly process: ProcessIdentity;
  /** The end of the lease by the clock of the database. */
  readonly endsAtMs: number;
}

/** A row, with a digest of its content to see whether it changed. */
export interface KeptRow {
  readonly row: Row;
  readonly digest: string;
}

/** The proof that a contact was written whole. */
export interface KeptContact {
  readonly tree: ContactTree;
  readonly plan: string;
  /** The keys of its rows. */
  readonly rowKeys: readonly string[];
}

const databases = new Map<string, Database>();

/** Opens the database of that name. Every sink of this process with the same name shares it. */
export function openDatabase(name: string): Database {
  const database = databases.get(name) ?? { streams: new Map() };
  databases.set(name, database);
  return database;
}

/** Returns the rows of a table, of all streams: for tests, which read the target as any other program does. */
export function rowsOf({ streams }: Database, table: RowTable): readonly Row[] {
  const rows = [...streams.values()].flatMap((stream) => [...stream.rows.values()]);
  return rows.map(({ row }) => row).filter((row) => row.table === table);
}

/** Returns the data of a stream, which may be empty. */
export function streamOf({ streams }: Database, stream: string): StreamData {
  const known = streams.get(stream);
  if (known !== undefined) return known;
  const fresh: StreamData = {
    epoch: 0n,
    beats: 0,
    lease: null,
    progress: null,
    rows: new Map(),
    contacts: new Map(),
    deadLetters: new Map(),
    requests: new Map(),
  };
  streams.set(stream, fresh);
  return fresh;
}

/** The clock of the database. Leases are compared with it, so all daemons agree wherever they run. */
export function nowMs(): number {
  return performance.now();
}
