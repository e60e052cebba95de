import { createHash } from 'node:crypto';
import { SinkError, type SinkShare } from '@dbsync/core/contract';
import { createSemaphore } from '@dbsync/core/sink-kit';
import { createConnectionLosses, type SessionLosses } from '@dbsync/sql';
import pg from 'pg';
import { ALONE, createConnectionPlaces, type Leave, type PlaceSizes, sharedSizes } from './connection-places.js';
import { createLending, type Loan } from './lent-connections.js';
import type { PostgresAddress } from './postgres-address.js';
import { createPostgresConnections, type PostgresConnections } from './postgres-connection.js';
import { placeOf } from './postgres-errors.js';
import { startUnpooled } from './refuse-pooler.js';
import type { SearchPath } from './session-path.js';

/** The connections of one sink, or its share of connections that several sinks have together. */
export interface PostgresPool {
  /** The losses after which the database may be another one. */
  readonly losses: SessionLosses;
  /** Returns the schemas in which the account finds tables, as the first connection has read them; null before {@link start}. */
  searchPath(): SearchPath | null;
  /**
   * Makes sure that no pooler changes the backend, and gives the sessions their settings, where no other sink has done so.
   *
   * @returns false where the account may have one connection only, so that a pooler cannot be excluded
   */
  start(signal: AbortSignal): Promise<boolean>;
  /** Lends a connection for kysely. A renewal has places that no other work takes. */
  lend(kind: 'usual' | 'renewal', signal: AbortSignal): Promise<Loan>;
  /** Lends a connection; an abort breaks it, so that `run` ends soon. */
  use<T>(signal: AbortSignal, run: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /**
   * Lends a connection for a statement that may take as long as it needs. Where all places of such work are taken, it first runs with
   * a limit in a usual place, since most take no time, and again without the limit where it ran into it.
   *
   * @param run gets the limit as a `statement_timeout`; what it did is undone when the limit ends it
   */
  useLong<T>(signal: AbortSignal, run: (client: pg.PoolClient, limit: string) => Promise<T>): Promise<T>;
  /** Lends a session that no other work gets after it, in a place of long work. Its loss is an error of `run` alone. */
  useAlone<T>(signal: AbortSignal, run: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** Returns the number of connections that may still be opened. */
  lacking(): number;
  /** Breaks the connections that this sink uses, and closes all where no other sink has them. */
  close(): Promise<void>;
}

/** The most connections of a sink that is alone. */
export const MAX_ALONE = ALONE.usual + ALONE.long + ALONE.renewals;
/** The limits of long work: that of its first try in a usual place, and none. */
const LIMITS = { short: '5s', none: '0' } as const;
const STATEMENT_CANCELLED = '57014';

/** Opens nothing yet. @param share where the sink is one of several of the process */
export function createPostgresPool(address: PostgresAddress, share: SinkShare | null): PostgresPool {
  if (share === null) return createServer(address, { max: MAX_ALONE, sizes: ALONE, isShared: false }).join();
  const max = share.maxConnections;
  const key = shareKeyOf(address);
  const options = { max, sizes: sharedSizes(max), isShared: true, onUnused: () => share.forget(key) };
  return share.of(key, () => createServer(address, options)).join();
}

/** Returns the name under which sinks share connections: the same for those with one address, login and settings. */
export function shareKeyOf(address: PostgresAddress): string {
  return `postgres ${createHash('sha256').update(JSON.stringify(address)).digest('hex')}`;
}

/** The connections to one database that several sinks have together. */
interface Server {
  join(): PostgresPool;
}

interface ServerOptions {
  readonly max: number;
  readonly sizes: PlaceSizes;
  /** False: the one sink hears of each loss, also of a connection that it does not use. */
  readonly isShared: boolean;
  /** Called when its last sink has left. */
  readonly onUnused?: () => void;
}

function createServer(address: PostgresAddress, { max, sizes, isShared, onUnused }: ServerOptions): Server {
  /** Called when the database may be another one, one function for each sink. */
  const hearers = new Set<() => void>();
  /** The functions of the sinks that use a connection now. */
  const users = new Map<pg.ClientBase, () => void>();
  /** Sessions whose loss is an error of their work alone. */
  const solitary = new WeakSet<pg.ClientBase>();
  const places = createConnectionPlaces(sizes);
  const starting = createSemaphore(1);
  let connections: PostgresConnections | null = null;
  let isPoolerExcluded: boolean | null = null;

  const tellAll = () => {
    for (const hear of hearers) hear();
  };
  const events = {
    // A database that is replaced ends all connections. While another one is open, this one alone was lost.
    lost(client: pg.ClientBase, isLast: boolean) {
      // No sink has heard of the idle connections that were lost before, so this holds for a solitary one, too.
      if (isShared && isLast) return tellAll();
      if (solitary.has(client)) return;
      if (isShared) users.get(client)?.();
      else tellAll();
    },
    replaced: isShared
      ? () => {
          tellAll();
          return replacedDatabase(address);
        }
      : null,
  };
  const opened = () => {
    connections ??= createPostgresConnections(address, max, events);
    return connections;
  };
  const closeAll = async () => {
    const closing = connections;
    [connections, isPoolerExcluded] = [null, null];
    onUnused?.();
    await closing?.close();
  };

  return {
    join() {
      const losses = createConnectionLosses(() => lostWhileIdle(address));
      hearers.add(losses.add);
      const own = places.join();
      const { lend, breakAll } = createLending(opened, users, losses.add);
      const withPlace = async <T>(signal: AbortSignal, leave: Leave, run: (client: pg.PoolClient) => Promise<T>) =>
        runOn(await lend(leave, signal), signal, run);
      const use: PostgresPool['use'] = async (signal, run) => withPlace(signal, await own.usual(signal), run);
      return {
        losses,
        use,
        lend: async (kind, signal) => lend(await own[kind](signal), signal),
        searchPath: () => opened().searchPath(),
        start: (signal) =>
          starting.run(async () => {
            isPoolerExcluded ??= await startUnpooled({ use, start: opened().start }, address, signal);
            return isPoolerExcluded;
          }, signal),
        async useLong(signal, run) {
          const free = own.longNow();
          const runWith = (leave: Leave, limit: string) => withPlace(signal, leave, (client) => run(client, limit));
          if (free !== null) return runWith(free, LIMITS.none);
          try {
            return await runWith(await own.usual(signal), LIMITS.short);
          } catch (error) {
            if (!(error instanceof pg.DatabaseError) || error.code !== STATEMENT_CANCELLED) throw error;
          }
          return runWith(await own.long(signal), LIMITS.none);
        },
        async useAlone(signal, run) {
          const loan = await lend(await own.long(signal), signal);
          solitary.add(loan.client);
          return runOn(loan, signal, run, 'ends');
        },
        lacking: () => max - opened().pool.totalCount,
        async close() {
          if (!hearers.delete(losses.add)) return;
          const broken = breakAll();
          await (hearers.size === 0 ? closeAll() : broken);
        },
      };
    },
  };
}

async function runOn<T>(
  loan: Loan,
  signal: AbortSignal,
  run: (client: pg.PoolClient) => Promise<T>,
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

function replacedDatabase(address: PostgresAddress): SinkError {
  return lost(`${placeOf(address)}: another server or database answers under the address than before`);
}

function lostWhileIdle(address: PostgresAddress): SinkError {
  return lost(`${placeOf(address)}: a connection ended while no call used it`);
}

function lost(message: string): SinkError {
  return new SinkError('POSTGRES_CONNECTION_LOST', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
