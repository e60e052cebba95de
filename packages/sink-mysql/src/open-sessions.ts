import { type ConnectionEvents, readyWithin } from '@dbsync/sql';
import type { PoolConnection } from 'mysql2';
import type { Kills } from './kill-statement.js';
import { breakOff, openSession, type ServerConnection } from './mysql-connection.js';
import { readIdentity, type SessionIdentity } from './session-identity.js';

/** The sessions on the connections of a pool, and their ends. */
export interface OpenSessions {
  /** Returns the session of a connection that the pool has given; a new connection gets its settings first. */
  take(connection: PoolConnection): Promise<ServerConnection>;
  /** Gives the connection back to the pool. `ends`, or where its statement was killed: closes it. */
  giveBack(session: ServerConnection, ends: boolean): void;
  /** Ends a connection that is in use, and has the server end its session. This is no loss. */
  breakOff(session: ServerConnection): void;
  /** Has the server end the statement of a session that is in use. No other call gets the connection after it. */
  killStatement(session: ServerConnection): void;
  count(): number;
  /** No end of a connection is a loss from now on. */
  forgetAll(): void;
}

interface Known {
  readonly connection: PoolConnection;
  /** Null: the server does not tell it. */
  readonly identity: SessionIdentity | null;
}

/** @param readyMs the time in which a new connection gets its settings: a server that answers no more would keep the call's place */
export function createOpenSessions(
  events: ConnectionEvents<ServerConnection>,
  kills: Kills,
  readyMs: number,
): OpenSessions {
  /** The connections that are open, as far as is known, and were not broken off. */
  const open = new Set<PoolConnection>();
  const inUse = new Set<PoolConnection>();
  const brokenOff = new WeakSet<PoolConnection>();
  const sessions = new WeakMap<PoolConnection, ServerConnection>();
  const known = new WeakMap<ServerConnection, Known>();
  const knownOf = (session: ServerConnection) => known.get(session) as Known;
  let server: string | null = null;

  const cut = (connection: PoolConnection) => {
    brokenOff.add(connection);
    breakOff(connection);
  };
  const end = (connection: PoolConnection) => {
    open.delete(connection);
    cut(connection);
  };
  /** Breaks the older connections off where this one is on another server than they are. */
  const compare = (connection: PoolConnection, identity: SessionIdentity) => {
    const before = server;
    server = identity.server;
    if (before === null || before === server || events.replaced === null) return;
    const error = events.replaced();
    for (const other of [...open]) {
      if (other === connection) continue;
      // The pool would lend an idle one until its socket has ended. One in use would get no answer after `destroy`.
      if (!inUse.has(other)) other.destroy();
      end(other);
    }
    throw error;
  };
  const begin = async (connection: PoolConnection): Promise<ServerConnection> => {
    open.add(connection);
    const lose = () => {
      if (open.delete(connection)) events.lost(sessions.get(connection) ?? null, open.size === 0);
    };
    whenEnded(connection, { lost: lose, closed: () => open.delete(connection) });
    const isCompared = events.replaced !== null;
    const { session, identity } = await start(connection, { lose, end: () => end(connection), readyMs, isCompared });
    if (identity !== null) compare(connection, identity);
    sessions.set(connection, session);
    known.set(session, { connection, identity });
    return session;
  };
  const kill = (session: ServerConnection, what: 'session' | 'statement') => {
    const { connection, identity } = knownOf(session);
    // It may have ended already. Behind a proxy the two numbers differ, and the proxy might kill another session.
    if (!open.delete(connection) || identity?.id !== connection.threadId) return;
    kills.send({ ...identity, what });
  };

  return {
    async take(connection) {
      inUse.add(connection);
      try {
        return sessions.get(connection) ?? (await begin(connection));
      } catch (error) {
        inUse.delete(connection);
        open.delete(connection);
        connection.destroy();
        throw error;
      }
    },
    giveBack(session, ends) {
      const { connection } = knownOf(session);
      inUse.delete(connection);
      // Its socket ends by itself, and the pool has no such connection any more.
      if (brokenOff.has(connection)) return;
      if (!ends && connection.state !== 'disconnected' && open.has(connection)) {
        connection.release();
        return;
      }
      open.delete(connection);
      connection.destroy();
    },
    breakOff(session) {
      kill(session, 'session');
      cut(knownOf(session).connection);
    },
    killStatement: (session) => kill(session, 'statement'),
    count: () => open.size,
    forgetAll: () => open.clear(),
  };
}

interface Start {
  /** Notes that the server has ended the session. */
  lose(): void;
  /** Breaks the connection off: the server has ended the session, or has not answered in time. */
  end(): void;
  readonly readyMs: number;
  /** False: the server need not tell the identity. */
  readonly isCompared: boolean;
}

/** Gives a connection its settings, and reads its identity. */
function start(connection: PoolConnection, { lose, end, readyMs, isCompared }: Start) {
  const ended = () => {
    lose();
    end();
  };
  return readyWithin(readyMs, end, async () => {
    const session = await openSession(connection, ended);
    return { session, identity: await identityOf(session, isCompared) };
  });
}

/** Reads the identity. Null: the server does not tell it, and it need not, since a campaign that has its connections alone compares none. */
async function identityOf(session: ServerConnection, isNeeded: boolean): Promise<SessionIdentity | null> {
  try {
    return await readIdentity(session);
  } catch (error) {
    if (isNeeded) throw error;
    return null;
  }
}

/** Calls `lost` once when the server or the network has ended the connection, and `closed` when dbsync has. */
function whenEnded(connection: PoolConnection, on: { lost(): void; closed(): void }): void {
  const end = () => {
    connection.removeListener('error', end).removeListener('end', endOfStream);
    on.lost();
  };
  // If dbsync closed the connection, the driver has called it disconnected before.
  const endOfStream = () => (connection.state === 'disconnected' ? on.closed() : end());
  connection.on('error', end).on('end', endOfStream);
}
