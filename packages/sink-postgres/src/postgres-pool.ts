import { createHash } from 'node:crypto';
import { SinkError, type SinkShare } from '@dbsync/core/contract';
import { createSemaphore, type Semaphore } from '@dbsync/core/sink-kit';
import {
  ALONE,
  createLendingServer,
  type LendingPool,
  type LendingServer,
  type PlaceSizes,
  placeCount,
  sharedSizes,
} from '@dbsync/sql';
import pg from 'pg';
import type { PostgresAddress } from './postgres-address.js';
import { createPostgresConnections, type PostgresConnections } from './postgres-connection.js';
import { placeOf } from './postgres-errors.js';
import { startUnpooled } from './refuse-pooler.js';
import type { SearchPath } from './session-path.js';

/** The connections of one sink, or its share of connections that several sinks have together. */
export interface PostgresPool extends Omit<LendingPool<pg.PoolClient>, 'useLong'> {
  /** Returns the schemas in which the account finds tables, as the first connection has read them; null before {@link start}. */
  searchPath(): SearchPath | null;
  /**
   * Makes sure that no pooler changes the backend, and gives the sessions their settings, where no other sink has done so.
   *
   * @returns false where the account may have one connection only, so that a pooler cannot be excluded
   */
  start(signal: AbortSignal): Promise<boolean>;
  /**
   * Lends a connection for a statement that may take as long as it needs, first perhaps with a limit.
   *
   * @param run gets the limit as a `statement_timeout`; what it did is undone when the limit ends it
   */
  useLong<T>(signal: AbortSignal, run: (client: pg.PoolClient, limit: string) => Promise<T>): Promise<T>;
  /** Returns the number of connections that may still be opened. */
  lacking(): number;
}

/** The most connections of a sink that is alone. */
export const MAX_ALONE = placeCount(ALONE);
/** The limits of long work: that of its first try in a usual place, and none. */
const LIMITS = { short: '5s', none: '0' } as const;
const STATEMENT_CANCELLED = '57014';

/** Opens nothing yet. @param share where the sink is one of several of the process */
export function createPostgresPool(address: PostgresAddress, share: SinkShare | null): PostgresPool {
  if (share === null) return joined(createServer(address, { max: MAX_ALONE, sizes: ALONE, isShared: false }), address);
  const max = share.maxConnections;
  const key = shareKeyOf(address);
  const options = { max, sizes: sharedSizes(max), isShared: true, onUnused: () => share.forget(key) };
  return joined(
    share.of(key, () => createServer(address, options)),
    address,
  );
}

/** Returns the name under which sinks share connections: the same for those with one address, login and settings. */
export function shareKeyOf(address: PostgresAddress): string {
  return `postgres ${createHash('sha256').update(JSON.stringify(address)).digest('hex')}`;
}

/** The connections to one database, and their start. */
interface Server extends LendingServer<pg.PoolClient, PostgresConnections> {
  readonly max: number;
  /** Lets one sink start at a time. */
  readonly starting: Semaphore;
  /** The connections that are started, and whether a pooler is excluded. */
  readonly started: WeakMap<PostgresConnections, boolean>;
}

interface ServerOptions {
  readonly max: number;
  readonly sizes: PlaceSizes;
  readonly isShared: boolean;
  readonly onUnused?: () => void;
}

function createServer(address: PostgresAddress, { max, ...options }: ServerOptions): Server {
  const server = createLendingServer<pg.PoolClient, PostgresConnections>({
    ...options,
    create: (events) => createPostgresConnections(address, max, events),
    replacedError: () => lost(`${placeOf(address)}: another server or database answers under the address than before`),
    idleLossError: () => lost(`${placeOf(address)}: a connection ended while no call used it`),
  });
  return { ...server, max, starting: createSemaphore(1), started: new WeakMap() };
}

function joined({ join, opened, max, starting, started }: Server, address: PostgresAddress): PostgresPool {
  const pool = join();
  const start = async (signal: AbortSignal) => {
    const connections = opened();
    const isPoolerExcluded =
      started.get(connections) ?? (await startUnpooled({ use: pool.use, start: connections.start }, address, signal));
    started.set(connections, isPoolerExcluded);
    return isPoolerExcluded;
  };
  return {
    ...pool,
    searchPath: () => opened().searchPath(),
    start: (signal) => starting.run(() => start(signal), signal),
    useLong: (signal, run) =>
      pool.useLong(signal, {
        run: (client) => run(client, LIMITS.none),
        runLimited: (client) => run(client, LIMITS.short),
        ranOut: (error) => error instanceof pg.DatabaseError && error.code === STATEMENT_CANCELLED,
      }),
    lacking: () => max - opened().pool.totalCount,
  };
}

function lost(message: string): SinkError {
  return new SinkError('POSTGRES_CONNECTION_LOST', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
