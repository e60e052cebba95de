import { Socket } from 'node:net';
import pg from 'pg';
import { GuardedClient, type GuardedConfig } from './guarded-client.js';
import { isTrustedSocket, localHost } from './local-socket.js';
import type { PostgresAddress } from './postgres-address.js';
import { tlsOptions } from './postgres-tls.js';
import { NARROW_PATH, type SearchedPlace } from './session-path.js';
import { literal } from './statement-text.js';

/**
 * The open connections to one database, each with the settings that dbsync relies on, for one campaign or for several. A
 * broken one is replaced at the next use.
 */
export interface PostgresConnections {
  readonly pool: pg.Pool;
  /**
   * Returns the schemas in which the account finds tables, as the first connection has read them; null before {@link
   * start}.
   */
  place(): SearchedPlace | null;
  /**
   * Gives the settings to these first connections, and from then on to each new one. No session is changed before:
   * behind a pooler, its next user may be another program.
   */
  start(first: readonly pg.ClientBase[]): Promise<void>;
  /** Opens a session beside the pool, and ends it. Its loss is an error of `run` alone. */
  useAlone<T>(signal: AbortSignal, run: (client: pg.ClientBase) => Promise<T>): Promise<T>;
  /** Closes the pool, and breaks connections that are in use. */
  close(): Promise<void>;
}

/** Over a minute, so that a daemon that looks each minute keeps its connections. */
const IDLE_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 10_000;

/**
 * The settings of every session. A write that waits for another session's lock gives up rather than wait for ever; the
 * server ends a session whose process is frozen between the statements of a transaction.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  standard_conforming_strings: 'on',
  // With `on`, the names of types come quoted.
  quote_all_identifiers: 'off',
  default_transaction_isolation: 'read committed',
  lock_timeout: '30s',
  statement_timeout: '10min',
  idle_in_transaction_session_timeout: '5s',
};

/**
 * Keeps the server (since version 14) from ending idle connections. The pool ends them, and knows that nothing is lost.
 */
const NO_IDLE_TIMEOUT =
  "(SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'idle_session_timeout')";

/**
 * Opens nothing yet. @param max the most connections of the pool at a time @param onLost called when a connection ends
 * without a call of `end`; a query that runs then fails, too
 */
export function createPostgresConnections(
  address: PostgresAddress,
  max: number,
  onLost: () => void,
): PostgresConnections {
  const clients = new Set<pg.ClientBase>();
  const sockets = new Set<Socket>();
  let place: SearchedPlace | null = null;
  let isStarted = false;
  const settings = { ...SETTINGS, ...(address.searchPath === null ? {} : { search_path: address.searchPath }) };
  const configure = async (client: pg.ClientBase) => {
    const { rows } = await client.query<SearchedPlace>(settingsQuery(settings));
    place ??= rows[0] ?? null;
  };
  const stream = () => {
    const socket = new Socket();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const pool = new pg.Pool({
    ...clientConfig(address),
    Client: GuardedClient,
    max,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    stream,
    onConnect: async (client) => {
      clients.add(client);
      client.on('error', onLost);
      client.once('end', () => clients.delete(client));
      if (isStarted) await configure(client);
    },
  });
  pool.on('error', () => {});
  return {
    pool,
    place: () => place,
    async start(first) {
      for (const client of first) await configure(client);
      isStarted = true;
    },
    async useAlone(signal, run) {
      signal.throwIfAborted();
      const client = new GuardedClient({ ...clientConfig(address), stream });
      client.on('error', () => {});
      clients.add(client);
      const abort = () => void client.end();
      signal.addEventListener('abort', abort, { once: true });
      try {
        await client.connect();
        await configure(client);
        return await run(client);
      } finally {
        signal.removeEventListener('abort', abort);
        clients.delete(client);
        void client.end();
      }
    },
    async close() {
      if (pool.ending) return;
      const ended = pool.end();
      for (const client of clients) void (client as pg.Client).end();
      // Sockets that still wait for the server's first answer would never end by themselves.
      for (const socket of sockets) socket.connecting ? socket.destroy() : socket.destroySoon();
      await ended;
    },
  };
}

function clientConfig(address: PostgresAddress): pg.PoolConfig & GuardedConfig {
  const { port, user, password, database, tls, applicationName, connectTimeoutMs, serverOptions, bindsChannel } =
    address;
  const host = address.host ?? localHost(port);
  return {
    host,
    mayTellPassword:
      password === null ||
      (tls !== null && tls.verify !== 'nothing') ||
      isTrustedSocket(host, port) ||
      address.tellsPassword,
    port,
    user,
    // A function keeps the driver from looking for a password elsewhere.
    password: () => password ?? '',
    database,
    ssl: tls === null ? false : tlsOptions(tls),
    enableChannelBinding: bindsChannel,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    ...(serverOptions === null ? {} : { options: serverOptions }),
  };
}

function settingsQuery(settings: Readonly<Record<string, string>>): string {
  const calls = Object.entries(settings).map(
    ([key, value]) => `pg_catalog.set_config(${literal(key)}, ${literal(value)}, false)`,
  );
  return `SELECT ${calls.join(', ')}, ${NO_IDLE_TIMEOUT}, ${NARROW_PATH}`;
}
