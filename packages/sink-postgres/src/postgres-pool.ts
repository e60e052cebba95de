import { createHash } from 'node:crypto';
import { SinkError, type SinkShare } from '@dbsync/core/contract';
import { createFairShare, createSemaphore, type ShareOfPlaces } from '@dbsync/core/sink-kit';
import { createConnectionLosses, type SessionLosses, unlessAborted } from '@dbsync/sql';
import type { PostgresPool as KyselyPool } from 'kysely';
import type pg from 'pg';
import type { PostgresAddress } from './postgres-address.js';
import { createPostgresConnections, type PostgresConnections } from './postgres-connections.js';
import { placeOf } from './postgres-errors.js';
import { startUnpooled } from './refuse-pooler.js';
import type { SearchedPlace } from './session-path.js';

/** The connections of one sink, or its share of connections that several sinks have together. */
export interface PostgresPool {
  /** The same connections, for kysely. */
  readonly forKysely: KyselyPool;
  /** The losses of any of the connections: the database behind all of them may be another one since. */
  readonly losses: SessionLosses;
  /** Returns the schemas in which the account finds tables, as the first connection has read them; null before {@link start}. */
  place(): SearchedPlace | null;
  /**
   * Makes sure that no pooler changes the backend, and gives the sessions their settings, where no other sink has done so.
   *
   * @returns false where the account may have one connection only, so that a pooler cannot be excluded
   */
  start(signal: AbortSignal): Promise<boolean>;
  /** Lends a connection; an abort breaks it, so that `run` ends soon. */
  use<T>(signal: AbortSignal, run: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Opens a session that no other work gets, and ends it. Its loss is an error of `run` alone. */
  useAlone<T>(signal: AbortSignal, run: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** Breaks the connections that this sink uses, and closes all where no other sink has them. */
  close(): Promise<void>;
}

/** The most connections of a sink that is alone. */
const ALONE = 8;
/** The part of shared connections that one sink may use at a time, so that its slow statements leave the others room. */
const PART_OF_ONE = 1 / 4;
/** Two writes of a sink run side by side, and the start compares two connections. */
const LEAST_OF_ONE = 2;
const NEVER = new AbortController().signal;

/** Opens nothing yet. @param share where the sink is one of several of the process */
export function createPostgresPool(address: PostgresAddress, share: SinkShare | null): PostgresPool {
  if (share === null) return createServer(address, { max: ALONE, ofOne: ALONE }).join();
  const max = share.maxConnections;
  const sizes = { max, ofOne: Math.max(LEAST_OF_ONE, Math.floor(max * PART_OF_ONE)) };
  const key = createHash('sha256').update(JSON.stringify(address)).digest('hex');
  return share.of(`postgres ${key}`, () => createServer(address, sizes)).join();
}

/** The connections to one database that several sinks have together. */
interface Server {
  join(): PostgresPool;
}

interface Sizes {
  readonly max: number;
  /** The most connections of one sink at a time. */
  readonly ofOne: number;
}

function createServer(address: PostgresAddress, { max, ofOne }: Sizes): Server {
  /** Called with each connection that is lost, one function for each sink. */
  const hearers = new Set<() => void>();
  const places = createFairShare({ shared: max, own: 0, perUser: ofOne });
  const starting = createSemaphore(1);
  let connections: PostgresConnections | null = null;
  let isPoolerExcluded: boolean | null = null;

  const opened = () => {
    connections ??= createPostgresConnections(address, max, () => {
      for (const hear of hearers) hear();
    });
    return connections;
  };
  const closeAll = async () => {
    const closing = connections;
    [connections, isPoolerExcluded] = [null, null];
    await closing?.close();
  };

  return {
    join() {
      const losses = createConnectionLosses(() => lostWhileIdle(address));
      hearers.add(losses.add);
      const { lend, breakAll } = createLending(places.join(), opened);
      const use: PostgresPool['use'] = async (signal, run) => {
        const client = await lend(signal);
        const abort = () => void (client as unknown as pg.Client).end();
        signal.addEventListener('abort', abort, { once: true });
        try {
          return await run(client);
        } finally {
          signal.removeEventListener('abort', abort);
          client.release();
        }
      };
      return {
        forKysely: { connect: () => lend(NEVER), end: async () => {}, options: opened().pool.options },
        losses,
        use,
        place: () => opened().place(),
        start: (signal) =>
          starting.run(async () => {
            isPoolerExcluded ??= await startUnpooled({ use, start: opened().start }, address, signal);
            return isPoolerExcluded;
          }, signal),
        useAlone: (signal, run) => opened().useAlone(signal, run),
        async close() {
          if (!hearers.delete(losses.add)) return;
          const broken = breakAll();
          await (hearers.size === 0 ? closeAll() : broken);
        },
      };
    },
  };
}

/** Lends connections to one sink, within its places. */
function createLending(places: ShareOfPlaces, opened: () => PostgresConnections) {
  const lent = new Map<pg.PoolClient, PromiseWithResolvers<void>>();
  let isClosed = false;

  const noteLoan = (client: pg.PoolClient, leave: () => void) => {
    // The pool gives a connection another one of this function each time that it lends it.
    const { release } = client;
    const loan = Promise.withResolvers<void>();
    lent.set(client, loan);
    client.release = (error) => {
      release(error);
      lent.delete(client);
      leave();
      loan.resolve();
    };
  };
  return {
    async lend(signal: AbortSignal): Promise<pg.PoolClient> {
      const leave = await places.enter(signal);
      if (isClosed) {
        leave();
        throw new Error('The pool is closed');
      }
      const connecting = opened().pool.connect();
      const giveBack = (late: pg.PoolClient) => {
        late.release();
        leave();
      };
      connecting.catch(leave);
      const client = await unlessAborted(connecting, giveBack, signal);
      if (isClosed) {
        giveBack(client);
        throw new Error('The pool is closed');
      }
      noteLoan(client, leave);
      return client;
    },
    /** Breaks the connections in use, and lends none from now on. Resolves when all have come back. */
    async breakAll() {
      isClosed = true;
      for (const client of lent.keys()) void (client as unknown as pg.Client).end();
      await Promise.all(Array.from(lent.values(), ({ promise }) => promise));
    },
  };
}

function lostWhileIdle(address: PostgresAddress): SinkError {
  const message = `${placeOf(address)}: a connection ended while no call used it`;
  return new SinkError('POSTGRES_CONNECTION_LOST', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
