import { connect as openSocket, type Socket } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import type { MysqlPool as KyselyPool, MysqlPoolConnection as KyselyConnection } from 'kysely';
import mysql, { type PoolConnection, type ResultSetHeader } from 'mysql2';
import type { MysqlAddress } from './mysql-address.js';
import { tlsOptions } from './mysql-tls.js';
import { FACTS_QUERY, type FactsRow, type ServerFacts, serverFacts } from './server-facts.js';
import { sessionSettings } from './session-settings.js';
import { statementText } from './statement-text.js';

/** Connections to one database, each with the settings that dbsync relies on. A broken one is replaced at the next use. */
export interface MysqlPool {
  /** The same connections, as kysely asks for them. */
  readonly forKysely: KyselyPool;
  /** A connection beside them, not open yet, for ending what one of them does. */
  createConnection(): mysql.Connection;
  /** Lends a connection; an abort breaks it, so that `run` ends soon. */
  use<T>(signal: AbortSignal, run: (connection: ServerConnection) => Promise<T>): Promise<T>;
  /** Breaks connections that are in use. */
  close(): Promise<void>;
}

/** A session on the server; the same object as long as it lasts. */
export interface ServerConnection {
  readonly server: ServerFacts;
  /** One statement; answers its rows. */
  query<R>(text: string): Promise<readonly R[]>;
  /** Several statements; answers the rows of each that has some. */
  request(text: string): Promise<readonly (readonly unknown[])[]>;
  /** LOAD DATA LOCAL INFILE of these bytes. Where it fails the connection is of no more use. */
  load(text: string, bytes: Iterable<Buffer>): Promise<ResultSetHeader>;
  /** Without a word to the server. */
  destroy(): void;
}

const MAX_CONNECTIONS = 8;
/** Those of the writes, which have their temporary tables, and one more. */
const MAX_IDLE = 3;
/** Over a minute, so that a daemon that looks each minute keeps its connections. */
const IDLE_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 10_000;

export function createMysqlPool(address: MysqlAddress): MysqlPool {
  const sockets = new Set<Socket>();
  const options = connectionOptions(address, sockets);
  const pool = mysql.createPool({
    ...options,
    connectionLimit: MAX_CONNECTIONS,
    maxIdle: MAX_IDLE,
    idleTimeout: IDLE_TIMEOUT_MS,
  });
  const prepared = new WeakMap<PoolConnection, ServerConnection>();

  const acquire = async (): Promise<LentConnection> => {
    const connection = await new Promise<PoolConnection>((resolve, reject) =>
      pool.getConnection((error, free) => (error ? reject(error) : resolve(free))),
    );
    const session = prepared.get(connection) ?? serverConnection(connection, await prepare(connection));
    prepared.set(connection, session);
    return { connection, session };
  };

  return {
    forKysely: {
      getConnection: (callback) => {
        acquire().then(
          ({ connection }) => callback(null, kyselyConnection(connection)),
          // Kysely looks at the connection only where there is no error.
          (error: unknown) => callback(error, undefined as unknown as KyselyConnection),
        );
      },
      end: (callback) => callback(null),
    },
    createConnection: () => mysql.createConnection(options),
    async use(signal, run) {
      signal.throwIfAborted();
      const { connection, session } = await unlessAborted(acquire(), signal);
      const abort = () => breakOff(connection);
      signal.addEventListener('abort', abort, { once: true });
      try {
        return await run(session);
      } finally {
        signal.removeEventListener('abort', abort);
        connection.release();
      }
    },
    async close() {
      const closed = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      pool.end(() => {});
      // What still waits for the server's first word, or for it to read on, would never end by itself.
      for (const socket of sockets) {
        if (socket.connecting || socket.writableNeedDrain) socket.destroy();
        else socket.destroySoon();
      }
      await Promise.all(closed);
    },
  };
}

interface LentConnection {
  readonly connection: PoolConnection;
  readonly session: ServerConnection;
}

function connectionOptions(address: MysqlAddress, sockets: Set<Socket>): mysql.ConnectionOptions {
  const { host, port, socket: path, user, password, database, tls, connectTimeoutMs } = address;
  return {
    host,
    port,
    ...(path === null ? {} : { socketPath: path }),
    user,
    ...(password === null ? {} : { password }),
    database,
    ...(tls === null ? {} : { ssl: tlsOptions(tls) }),
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4_bin',
    multipleStatements: true,
    // Rows that an UPDATE meets and leaves as they are do not count as affected.
    flags: ['-FOUND_ROWS'],
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    gracefulEnd: true,
    trace: false,
    stream: () => {
      const to = path === null ? { host, port, noDelay: true } : { path };
      const socket = openSocket({ ...to, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  };
}

async function prepare(connection: PoolConnection): Promise<ServerFacts> {
  // A connection may break at any time; whoever uses it hears of that from the query.
  connection.on('error', () => {});
  try {
    const [facts] = (await answer(connection, { sql: FACTS_QUERY })) as [FactsRow];
    const server = serverFacts(facts);
    await answer(connection, { sql: sessionSettings(server.kind) });
    return server;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function answer(connection: PoolConnection, query: mysql.QueryOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(query, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

function serverConnection(connection: PoolConnection, server: ServerFacts): ServerConnection {
  return {
    server,
    query: async <R>(sql: string) => (await answer(connection, { sql })) as R[],
    request: async (sql) => {
      const results = await answer(connection, { sql });
      return Array.isArray(results) ? results.filter(Array.isArray) : [];
    },
    load: async (sql, bytes) => {
      const infileStreamFactory = () => Readable.from(bytes, { objectMode: false });
      return (await answer(connection, { sql, infileStreamFactory })) as ResultSetHeader;
    },
    destroy: () => {
      connection.destroy();
      breakOff(connection);
    },
  };
}

/** Whoever waits for an answer hears at once that none will come; the driver's own `destroy` leaves him waiting. */
function breakOff(connection: PoolConnection): void {
  (connection as unknown as { readonly stream: Duplex }).stream.destroy();
}

/** With the parameters written out by us. */
function kyselyConnection(connection: PoolConnection): KyselyConnection {
  return {
    config: connection.config,
    get threadId() {
      return connection.threadId;
    },
    connect: (callback) => connection.connect((error) => callback?.(error)),
    destroy: () => connection.destroy(),
    release: () => connection.release(),
    query: (sql, parameters, callback) => {
      const text = statementText({ sql, parameters: parameters ?? [] });
      return connection.query(text, (error: unknown, result: never) => callback?.(error, result));
    },
  };
}

/** A connection that comes after the abort goes back to the pool. */
async function unlessAborted(acquired: Promise<LentConnection>, signal: AbortSignal): Promise<LentConnection> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([acquired, aborted.promise]);
  } catch (error) {
    if (signal.aborted) acquired.then(({ connection }) => connection.release()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
