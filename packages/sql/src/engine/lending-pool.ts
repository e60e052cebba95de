import type { SinkError } from '@dbsync/core/contract';
import { createConnectionPlaces, type Leave, type PlaceSizes } from './connection-places.js';
import { createLending, type LendableConnections, type Loan } from './lent-connections.js';
import { createConnectionLosses, type SessionLosses } from './session-losses.js';

/** The connections of one sink, or its share of connections that several sinks have together. */
export interface LendingPool<Client> {
  /** The losses after which the database may be another one. */
  readonly losses: SessionLosses;
  /** Lends a connection for kysely. A renewal has places that no other work takes. */
  lend(kind: 'usual' | 'renewal', signal: AbortSignal): Promise<Loan<Client>>;
  /** Lends a connection; an abort breaks it, so that `run` ends soon. */
  use<T>(signal: AbortSignal, run: (client: Client) => Promise<T>): Promise<T>;
  /**
   * Lends a connection for work that may take as long as it needs. Where all places of such work are taken, it first runs with
   * a limit in a usual place, since most takes no time, and again without the limit where it ran into it.
   */
  useLong<T>(signal: AbortSignal, work: LongWork<Client, T>): Promise<T>;
  /** Lends a session that no other work gets after it, in a place of long work. Its loss is an error of `run` alone. */
  useAlone<T>(signal: AbortSignal, run: (client: Client) => Promise<T>): Promise<T>;
  /** Breaks the connections that this sink uses, and closes all where no other sink has them. */
  close(): Promise<void>;
}

/** Work without a limit of time, and the same work with one. */
export interface LongWork<Client, T> {
  run(client: Client): Promise<T>;
  /** Gives up after a few seconds, and undoes what it did. */
  runLimited(client: Client): Promise<T>;
  /** True for the error of work that ran into its limit. */
  ranOut(error: unknown): boolean;
}

/** The events by which a sink knows that the database may be another one (R10). */
export interface ConnectionEvents<Client> {
  /**
   * A connection has ended, and dbsync did not end it; a query that runs then fails, too. `isLast`: no other one is open. `client` is null before
   * the connection is lent for the first time.
   */
  lost(client: Client | null, isLast: boolean): void;
  /**
   * A new connection has found another server or database behind the address; the older ones are broken off. Returns the error of its
   * user. Null: any connection counts as one to the same database.
   */
  readonly replaced: (() => Error) | null;
}

/** The connections to one database that one sink has, or that several sinks have together. */
export interface LendingServer<Client, Connections> {
  /** Returns the part of one more sink. */
  join(): LendingPool<Client>;
  /** Returns the connections. They are made at the first call, and again after all sinks have left. */
  opened(): Connections;
}

/** The engine's part of {@link createLendingServer}. */
export interface LendingOptions<Client, Connections extends LendableConnections<Client>> {
  readonly sizes: PlaceSizes;
  /** False: the one sink hears of each loss, also of a connection that it does not use. */
  readonly isShared: boolean;
  /** Makes the connections, and opens none yet. */
  create(events: ConnectionEvents<Client>): Connections;
  /** Makes the error of a call that has found another database behind the address. */
  replacedError(): SinkError;
  /** Makes the error of the first call after a connection was lost that no call used. */
  idleLossError(): SinkError;
  /** Called when its last sink has left. */
  readonly onUnused?: () => void;
}

/** Creates the connections that sinks lend. Opens none. */
export function createLendingServer<Client extends object, Connections extends LendableConnections<Client>>(
  options: LendingOptions<Client, Connections>,
): LendingServer<Client, Connections> {
  /** Called when the database may be another one, one function for each sink. */
  const hearers = new Set<() => void>();
  /** The functions of the sinks that use a connection now. */
  const users = new Map<Client, () => void>();
  /** Sessions whose loss is an error of their work alone. */
  const solitary = new WeakSet<Client>();
  const places = createConnectionPlaces(options.sizes);
  const events = eventsOf(options, { hearers, users, solitary });
  let connections: Connections | null = null;

  const opened = () => {
    connections ??= options.create(events);
    return connections;
  };
  const closeAll = async () => {
    const closing = connections;
    connections = null;
    options.onUnused?.();
    await closing?.close();
  };

  return {
    opened,
    join() {
      const losses = createConnectionLosses(options.idleLossError);
      hearers.add(losses.add);
      const own = places.join();
      const { lend, breakAll } = createLending(opened, users, losses.add);
      const withPlace = async <T>(signal: AbortSignal, leave: Leave, run: (client: Client) => Promise<T>) =>
        runOn(await lend(leave, signal), signal, run);
      return {
        losses,
        use: async (signal, run) => withPlace(signal, await own.usual(signal), run),
        lend: async (kind, signal) => lend(await own[kind](signal), signal),
        async useLong(signal, { run, runLimited, ranOut }) {
          const free = own.longNow();
          if (free !== null) return withPlace(signal, free, run);
          try {
            return await withPlace(signal, await own.usual(signal), runLimited);
          } catch (error) {
            if (!ranOut(error)) throw error;
          }
          return withPlace(signal, await own.long(signal), run);
        },
        async useAlone(signal, run) {
          const loan = await lend(await own.long(signal), signal);
          solitary.add(loan.client);
          return runOn(loan, signal, run, 'ends');
        },
        async close() {
          if (!hearers.delete(losses.add)) return;
          const broken = breakAll();
          await (hearers.size === 0 ? closeAll() : broken);
        },
      };
    },
  };
}

interface Hearing<Client extends object> {
  readonly hearers: ReadonlySet<() => void>;
  readonly users: ReadonlyMap<Client, () => void>;
  readonly solitary: WeakSet<Client>;
}

function eventsOf<Client extends object>(
  { isShared, replacedError }: Pick<LendingOptions<Client, never>, 'isShared' | 'replacedError'>,
  { hearers, users, solitary }: Hearing<Client>,
): ConnectionEvents<Client> {
  const tellAll = () => {
    for (const hear of hearers) hear();
  };
  return {
    // A database that is replaced ends all connections. While another one is open, this one alone was lost.
    lost(client, isLast) {
      // No sink has heard of the idle connections that were lost before, so this holds for a solitary one, too.
      if (isShared && isLast) return tellAll();
      if (client !== null && solitary.has(client)) return;
      if (!isShared) return tellAll();
      if (client !== null) users.get(client)?.();
    },
    replaced: isShared
      ? () => {
          tellAll();
          return replacedError();
        }
      : null,
  };
}

async function runOn<Client, T>(
  loan: Loan<Client>,
  signal: AbortSignal,
  run: (client: Client) => Promise<T>,
  ends?: 'ends',
): Promise<T> {
  signal.addEventListener('abort', loan.abandon, { once: true });
  try {
    signal.throwIfAborted();
    return await run(loan.client);
  } finally {
    signal.removeEventListener('abort', loan.abandon);
    loan.giveBack(ends);
  }
}
