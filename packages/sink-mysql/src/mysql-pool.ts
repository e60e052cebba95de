import { createHash } from 'node:crypto';
import { SinkError, type SinkShare } from '@dbsync/core/contract';
import {
  ALONE,
  createLendingServer,
  type LendingPool,
  type LendingServer,
  type PlaceSizes,
  placeCount,
  sharedSizes,
} from '@dbsync/sql';
import type { MysqlAddress } from './mysql-address.js';
import type { ServerConnection } from './mysql-connection.js';
import { createMysqlConnections, type MysqlConnections } from './mysql-connections.js';
import { placeOf } from './mysql-errors.js';

/** The connections of one sink, or its share of connections that several sinks have together. */
export interface MysqlPool extends Omit<LendingPool<ServerConnection>, 'useLong'> {
  /** Lends a connection for a change that may take as long as it needs, first perhaps with a limit. */
  useLong<T>(signal: AbortSignal, run: (connection: ServerConnection) => Promise<T>): Promise<T>;
  /** Returns the number of connections that may still be opened. */
  lacking(): number;
}

/** The connection that kills statements: the servers have no other request that ends one. */
const KILLERS = 1;
/** The most connections of a sink that is alone. */
export const MAX_ALONE = placeCount(ALONE) + KILLERS;
/** The most idle connections of a sink that is alone: those of the writes, which have their temporary tables, and one more. */
const MAX_IDLE_ALONE = 3;
/** The time limit of the first try of long work, which runs in a usual place. */
const LIMIT_MS = 5_000;

/** Returns what the sinks share; null where they share nothing: for these servers, sharing has to be chosen. */
export function chosenShare(share: SinkShare | undefined): SinkShare | null {
  return share?.isChosen === true ? share : null;
}

/**
 * Opens nothing yet.
 *
 * @param share where the sink is one of several of the process
 * @param onRemembered called at each login that works only as long as the server remembers the password
 */
export function createMysqlPool(
  address: MysqlAddress,
  onRemembered: () => void,
  share: SinkShare | null = null,
): MysqlPool {
  if (share === null) {
    const alone = { max: MAX_ALONE, maxIdle: MAX_IDLE_ALONE, sizes: ALONE, isShared: false };
    return joined(createServer(address, alone), onRemembered);
  }
  const max = share.maxConnections;
  const key = shareKeyOf(address);
  // The driver ends no idle connection where it may keep all.
  const maxIdle = max - KILLERS - 1;
  const options = { max, maxIdle, sizes: sharedSizes(max, KILLERS), isShared: true, onUnused: () => share.forget(key) };
  return joined(
    share.of(key, () => createServer(address, options)),
    onRemembered,
  );
}

/** Returns the name under which sinks share connections: the same for those with one address, login and settings. */
export function shareKeyOf(address: MysqlAddress): string {
  return `mysql ${createHash('sha256').update(JSON.stringify(address)).digest('hex')}`;
}

/** The connections to one database. */
interface Server extends LendingServer<ServerConnection, MysqlConnections> {
  readonly max: number;
  /** Called at each login that works only as long as the server remembers the password. */
  readonly rememberers: Set<() => void>;
}

interface ServerOptions {
  readonly max: number;
  readonly maxIdle: number;
  readonly sizes: PlaceSizes;
  readonly isShared: boolean;
  readonly onUnused?: () => void;
}

function createServer(address: MysqlAddress, { max, maxIdle, ...options }: ServerOptions): Server {
  const rememberers = new Set<() => void>();
  const onRemembered = () => {
    for (const each of rememberers) each();
  };
  const server = createLendingServer<ServerConnection, MysqlConnections>({
    ...options,
    create: (events) => createMysqlConnections(address, { max: max - KILLERS, maxIdle, onRemembered }, events),
    replacedError: () => lost(`${placeOf(address)}: another server answers under the address than before`),
    idleLossError: () => lost(`${placeOf(address)}: a connection ended while no call used it`),
  });
  return { ...server, max, rememberers };
}

function joined({ join, opened, max, rememberers }: Server, onRemembered: () => void): MysqlPool {
  const pool = join();
  rememberers.add(onRemembered);
  return {
    ...pool,
    useLong: (signal, run) =>
      pool.useLong(signal, {
        run,
        runLimited: (connection) => runLimited(connection, run, () => opened().killStatement(connection)),
        ranOut: (error) => error instanceof RanOut,
      }),
    lacking: () => max - opened().openCount(),
    async close() {
      rememberers.delete(onRemembered);
      await pool.close();
    },
  };
}

/** The error of a change that took longer than {@link LIMIT_MS}. */
class RanOut extends Error {}

/** Runs a change, and has the server end and undo it where it takes long: neither server limits the time of one itself. */
async function runLimited<T>(
  connection: ServerConnection,
  run: (connection: ServerConnection) => Promise<T>,
  kill: () => void,
): Promise<T> {
  let isOut = false;
  const timer = setTimeout(() => {
    isOut = true;
    kill();
  }, LIMIT_MS);
  try {
    return await run(connection);
  } catch (error) {
    throw isOut ? new RanOut('The change took long', { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}

function lost(message: string): SinkError {
  return new SinkError('MYSQL_CONNECTION_LOST', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
