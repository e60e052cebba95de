import type { Socket } from 'node:net';
import type { ConnectionEvents, LendableConnections } from '@dbsync/sql';
import mysql, { type PoolConnection } from 'mysql2';
import { connectionOptions, openSocketTo } from './connection-options.js';
import { createKills } from './kill-statement.js';
import type { MysqlAddress } from './mysql-address.js';
import type { ServerConnection } from './mysql-connection.js';
import { createOpenSessions } from './open-sessions.js';

/**
 * The open connections to one database, each with the settings that dbsync relies on, for one campaign or for several. A
 * broken one is replaced at the next use.
 */
export interface MysqlConnections extends LendableConnections<ServerConnection> {
  /** Asks the server to end the statement of a connection that is lent. No other call gets the connection after it. */
  killStatement(session: ServerConnection): void;
  /** Returns the number of connections that are open. */
  openCount(): number;
}

/** The size of the pool. */
export interface ConnectionsOptions {
  /** The most connections at a time, beside the one that kills. */
  readonly max: number;
  /** The most idle ones that are kept. */
  readonly maxIdle: number;
  /** Called at each login that works only as long as the server remembers the password. */
  onRemembered(): void;
}

/** A time of over a minute, so that a daemon that looks each minute keeps its connections. */
const IDLE_TIMEOUT_MS = 120_000;

/** Opens nothing yet. */
export function createMysqlConnections(
  address: MysqlAddress,
  { max, maxIdle, onRemembered }: ConnectionsOptions,
  events: ConnectionEvents<ServerConnection>,
): MysqlConnections {
  const options = connectionOptions(address, onRemembered);
  const kills = createKills(() => mysql.createConnection({ ...options, stream: () => openSocketTo(address) }), max);
  const sessions = createOpenSessions(events, kills, address.connectTimeoutMs);
  const sockets = new Set<Socket>();
  const pool = mysql.createPool({
    ...options,
    connectionLimit: max,
    maxIdle,
    idleTimeout: IDLE_TIMEOUT_MS,
    stream: () => {
      const socket = openSocketTo(address);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  let isClosed = false;
  return {
    openCount: sessions.count,
    async connect() {
      const connection = await new Promise<PoolConnection>((resolve, reject) =>
        pool.getConnection((error, free) => (error ? reject(error) : resolve(free))),
      );
      return sessions.take(connection);
    },
    release: sessions.giveBack,
    breakOff: sessions.breakOff,
    killStatement: sessions.killStatement,
    async close() {
      if (isClosed) return;
      isClosed = true;
      sessions.forgetAll();
      const closed = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      pool.end(() => {});
      // A socket that still waits for the server's first answer, or for the server to read on, would never end by
      // itself.
      for (const socket of sockets) {
        if (socket.connecting || socket.writableNeedDrain) socket.destroy();
        else socket.destroySoon();
      }
      // The process may end after this, and would take the requests to kill with it.
      await Promise.all([...closed, kills.settled()]);
    },
  };
}
