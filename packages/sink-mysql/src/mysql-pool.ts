import { connect as openSocket, type Socket } from 'node:net';
import { SinkError } from '@dbsync/core/contract';
import { createConnectionLosses, type SessionLosses, unlessAborted } from '@dbsync/sql';
import type { MysqlPool as KyselyPool } from 'kysely';
import mysql, { type ConnectionOptions, type PoolConnection } from 'mysql2';
import { failedConnection, kyselyConnection } from './kysely-connection.js';
import { loginMethods } from './login-methods.js';
import type { MysqlAddress } from './mysql-address.js';
import { breakOff, openSession, type ServerConnection } from './mysql-connection.js';
import { placeOf } from './mysql-errors.js';
import { readServerKey, tlsOptions } from './mysql-tls.js';

/** Connections to one database, each with the settings that dbsync relies on. A broken one is replaced at the next use. */
export interface MysqlPool {
  /** The same connections, for kysely. */
  readonly forKysely: KyselyPool;
  readonly losses: SessionLosses;
  /** Lends a connection; an abort breaks it, so that `run` ends soon. */
  use<T>(signal: AbortSignal, run: (connection: ServerConnection) => Promise<T>): Promise<T>;
  /** Opens a session that no other work gets, and ends it. Its loss is an error of `run` alone. */
  useAlone<T>(signal: AbortSignal, run: (connection: ServerConnection) => Promise<T>): Promise<T>;
  /** Closes the pool, and breaks connections that are in use. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 8;
/** The most connections of a sink: those of the pool, and one that builds indexes. */
export const MOST_CONNECTIONS = MAX_CONNECTIONS + 1;
/** The idle connections that are kept: those of the writes, which have their temporary tables, and one more. */
const MAX_IDLE = 3;
/** A time of over a minute, so that a daemon that looks each minute keeps its connections. */
const IDLE_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 10_000;

/**
 * Creates the pool. @param onRemembered called at each login that works only as long as the server remembers the
 * password
 */
export function createMysqlPool(address: MysqlAddress, onRemembered: () => void): MysqlPool {
  const sockets = new Set<Socket>();
  const options = connectionOptions(address, sockets, onRemembered);
  const pool = mysql.createPool({
    ...options,
    connectionLimit: MAX_CONNECTIONS,
    maxIdle: MAX_IDLE,
    idleTimeout: IDLE_TIMEOUT_MS,
  });
  const sessions = new WeakMap<PoolConnection, ServerConnection>();
  const losses = createConnectionLosses(() => lostWhileIdle(address));
  const brokenOff = new WeakSet<PoolConnection>();

  const acquire = async (): Promise<Lent> => {
    const connection = await new Promise<PoolConnection>((resolve, reject) =>
      pool.getConnection((error, free) => (error ? reject(error) : resolve(free))),
    );
    const session = sessions.get(connection) ?? (await open(connection));
    sessions.set(connection, session);
    return { connection, session };
  };

  const open = (connection: PoolConnection): Promise<ServerConnection> => {
    onceEnded(connection, () => brokenOff.has(connection) || losses.add());
    return openSession(connection);
  };

  return {
    forKysely: {
      getConnection: (callback) => {
        const lent = acquire().then(
          ({ connection, session }) => kyselyConnection(connection, session.server),
          failedConnection,
        );
        void lent.then((connection) => callback(null, connection));
      },
      end: (callback) => callback(null),
    },
    losses,
    async use(signal, run) {
      signal.throwIfAborted();
      const { connection, session } = await unlessAborted(acquire(), ({ connection: late }) => late.release(), signal);
      const abort = () => {
        brokenOff.add(connection);
        breakOff(connection);
      };
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await run(session);
      } finally {
        signal.removeEventListener('abort', abort);
        connection.release();
      }
    },
    async useAlone(signal, run) {
      signal.throwIfAborted();
      const connection = mysql.createConnection(options);
      const abort = () => breakOff(connection);
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await run(await openSession(connection));
      } finally {
        signal.removeEventListener('abort', abort);
        connection.destroy();
      }
    },
    async close() {
      const closed = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      pool.end(() => {});
      // A socket that still waits for the server's first answer, or for the server to read on, would never end by
      // itself.
      for (const socket of sockets) {
        if (socket.connecting || socket.writableNeedDrain) socket.destroy();
        else socket.destroySoon();
      }
      await Promise.all(closed);
    },
  };
}

interface Lent {
  readonly connection: PoolConnection;
  readonly session: ServerConnection;
}

/** Calls back once when the server or the network has ended the connection. */
function onceEnded(connection: PoolConnection, tell: () => void): void {
  const end = () => {
    connection.removeListener('error', end).removeListener('end', endOfStream);
    tell();
  };
  // If dbsync closed the connection, the driver has called it disconnected before.
  const endOfStream = () => {
    if (connection.state !== 'disconnected') end();
  };
  connection.on('error', end).on('end', endOfStream);
}

function lostWhileIdle(address: MysqlAddress): SinkError {
  const message = `${placeOf(address)}: a connection ended while no call used it`;
  return new SinkError('MYSQL_CONNECTION_LOST', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}

function connectionOptions(address: MysqlAddress, sockets: Set<Socket>, onRemembered: () => void): ConnectionOptions {
  const { host, port, socket: path, user, password, database, tls, connectTimeoutMs } = address;
  const serverKey = address.serverKey === null ? null : readServerKey(address.serverKey);
  return {
    host,
    port,
    ...(path === null ? {} : { socketPath: path }),
    user,
    ...(password === null ? {} : { password }),
    database,
    ...(tls === null ? {} : { ssl: tlsOptions(tls) }),
    authPlugins: loginMethods({ isPrivate: tls !== null || path !== null || !password, serverKey, onRemembered }),
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4_bin',
    multipleStatements: true,
    // Rows that an UPDATE meets but does not change do not count as affected.
    flags: ['-FOUND_ROWS'],
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    gracefulEnd: true,
    trace: false,
    // dbsync prepares no statements, and the driver makes room for 16,000 of them at each connection: 1 ms of CPU and 0.5 MB.
    maxPreparedStatements: 1,
    stream: () => {
      const socket = openSocketTo(address);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  };
}

/**
 * Opens the socket and gives it the host's name. Node.js checks a certificate against this name when the caller gives
 * none, and sets it only from a host that is a name. For an IP address the driver gives none, so a certificate for
 * `localhost` would be accepted.
 */
function openSocketTo({ host, port, socket: path }: MysqlAddress): Socket {
  const to = path === null ? { host, port, noDelay: true } : { path };
  const socket = openSocket({ ...to, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  return Object.assign(socket, { _host: host });
}
