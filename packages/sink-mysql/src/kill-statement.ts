import type { Connection } from 'mysql2';
import { breakOff, openSession } from './mysql-connection.js';
import { readIdentity, type SessionIdentity } from './session-identity.js';

/** A session that is killed, or whose statement is. */
export interface KilledSession extends SessionIdentity {
  readonly what: 'session' | 'statement';
}

/** The requests to kill of a pool. */
export interface Kills {
  /** Asks the server to end a session, or its statement, so that no abandoned statement goes on. */
  send(session: KilledSession): void;
  /** Resolves when no request is under way. */
  settled(): Promise<void>;
}

/** The time after which a connection that kills is given up, also where the server does not answer. */
const PATIENCE_MS = 2_000;

/**
 * Creates the requests. They go through one connection beside the pool, which is open while there are some. They never meet the
 * statement of another call: a connection is not lent again once its session or its statement is to be killed, the server gives no
 * number twice between two of its starts, and after another start, or on another server, nothing is killed. An account may end its
 * own sessions without any right.
 *
 * @param open opens a connection that nothing else uses
 * @param max the most requests that wait; a further one is left out, since the connection is closed in any case
 */
export function createKills(open: () => Connection, max: number): Kills {
  let waiting: KilledSession[] = [];
  let running: Promise<void> | null = null;

  const killWaiting = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const connection = open();
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, PATIENCE_MS);
      await Promise.race([killAll(connection, batch), patience.promise]);
      clearTimeout(timer);
      connection.destroy();
      breakOff(connection);
    }
    running = null;
  };

  return {
    send(session) {
      if (waiting.length >= max) return;
      waiting.push(session);
      running ??= killWaiting();
    },
    settled: async () => {
      while (running !== null) await running;
    },
  };
}

/** Never rejects: the connections are closed in any case. */
async function killAll(connection: Connection, batch: readonly KilledSession[]): Promise<void> {
  try {
    const session = await openSession(connection);
    const here = await readIdentity(session);
    for (const { id, server, what } of batch) {
      if (server !== here.server) continue;
      // A session that is gone already is an error.
      await session.execute(`KILL ${what === 'session' ? 'CONNECTION' : 'QUERY'} ${id}`).catch(() => {});
    }
  } catch {
    // The server cannot be reached, or ends the connection: it ends the statements itself.
  }
}
