import { SinkError } from '@dbsync/core/contract';
import pg from 'pg';
import type { PostgresAddress } from './postgres-address.js';
import { placeOf } from './postgres-errors.js';

/**
 * The number of looks: with other busy clients, a pooler may by chance give two connections of dbsync different
 * backends.
 */
const LOOKS = 6;

/**
 * Starts the pool, and refuses a pooler that gives each transaction another backend: settings, temporary tables and
 * stages of a session would be lost, or met by another program. So no setting is made before this is known. Without a
 * pooler, two open connections have two backends, and each keeps its own. Behind such a pooler, one connection's
 * backend serves the other one next, or changes between two statements, even where the pooler has a single connection
 * to the server.
 *
 * @returns false where the account may have one connection only, so that no second one could be compared
 */
export async function startUnpooled(pool: Starting, address: PostgresAddress, signal: AbortSignal): Promise<boolean> {
  try {
    await pool.use(signal, (one) =>
      pool.use(signal, async (other) => {
        await compareBackends(one, other, address);
        await pool.start([one, other]);
      }),
    );
    return true;
  } catch (error) {
    // The account may have one connection only: then no second one can meet what the first has left.
    if (!(error instanceof pg.DatabaseError) || error.code !== TOO_MANY_CONNECTIONS) throw error;
    await pool.use(signal, (only) => pool.start([only]));
    return false;
  }
}

/** The parts of a pool that a start needs. */
interface Starting {
  use<T>(signal: AbortSignal, run: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** Gives the settings to these first connections, and from then on to each new one. */
  start(first: readonly pg.ClientBase[]): Promise<void>;
}

const TOO_MANY_CONNECTIONS = '53300';

async function compareBackends(one: pg.ClientBase, other: pg.ClientBase, address: PostgresAddress): Promise<void> {
  const seen = new Set<number>();
  for (let look = 0; look < LOOKS; look += 1) {
    const [mine, others] = [await backendOf(one), await backendOf(other)];
    seen.add(mine);
    if (mine === others || seen.size > 1) throw pooled(address);
  }
}

async function backendOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

function pooled(address: PostgresAddress): SinkError {
  const message = `${placeOf(address)}: a pooler stands before the server and gives each transaction another connection (transaction mode), so the temporary tables and settings of a session are lost. Name the server itself or a pooler in session mode: Supabase has it under port 5432 instead of 6543, Neon under the host without -pooler`;
  return new SinkError('POSTGRES_POOLER_UNFIT', message, { verdict: 'fatal', outcome: 'not-committed' });
}
