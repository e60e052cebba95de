import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionEvents, type LendableConnections, readyWithin } from '@dbsync/sql';
import pg from 'pg';
import { createCancels, type ServerSession } from './cancel-statement.js';
import { GuardedClient, type GuardedConfig } from './guarded-client.js';
import { isTrustedSocket, localHost } from './local-socket.js';
import type { PostgresAddress } from './postgres-address.js';
import { tlsOptions } from './postgres-tls.js';
import type { SearchPath } from './session-path.js';
import { IDENTITY, NO_IDENTITY, SETTINGS, settingsQuery } from './session-settings.js';

/**
 * The open connections to one database, each with the settings that dbsync relies on, for one campaign or for several. A
 * broken one is replaced at the next use.
 */
export interface PostgresConnections extends LendableConnections<pg.PoolClient> {
  readonly pool: pg.Pool;
  /**
   * Returns the schemas in which the account finds tables, as the first connection has read them; null before {@link
   * start}.
   */
  searchPath(): SearchPath | null;
  /**
   * Gives the settings to these first connections, and from then on to each new one. No session is changed before:
   * behind a pooler, its next user may be another program.
   */
  start(first: readonly pg.ClientBase[]): Promise<void>;
}

/** A time of over a minute, so that a daemon that looks each minute keeps its connections. */
const IDLE_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 10_000;

/** Opens nothing yet. @param max the most connections of the pool at a time */
export function createPostgresConnections(
  address: PostgresAddress,
  max: number,
  events: ConnectionEvents<pg.PoolClient>,
): PostgresConnections {
  /** The connections that are open, as far as is known, and were not broken off. */
  const clients = new Set<pg.ClientBase>();
  const sockets = new Set<Socket>();
  let searchPath: SearchPath | null = null;
  let identity: string | null = null;
  let isStarted = false;
  const settings = { ...SETTINGS, ...(address.searchPath === null ? {} : { search_path: address.searchPath }) };
  // A role may lack the right to read the identity, and needs none where it is not compared.
  const text = settingsQuery(settings, events.replaced === null ? NO_IDENTITY : IDENTITY);
  const config = clientConfig(address);
  const cancels = createCancels(config, max);
  const stream = () => addTo(sockets, new Socket());
  const breakOff = (client: pg.ClientBase) => {
    if (clients.delete(client)) cancels.send(client as unknown as ServerSession);
    void (client as pg.Client).end();
  };
  const configure = async (client: pg.ClientBase) => {
    const { rows } = await client.query<SearchPath & { readonly identity: string }>(text);
    const [found] = rows;
    if (found === undefined) throw new TypeError('The server answered no row');
    searchPath ??= found;
    const before = identity;
    identity = found.identity;
    if (before === null || before === identity || events.replaced === null) return;
    const error = events.replaced();
    for (const other of clients) {
      if (other === client) continue;
      breakOff(other);
      // The pool takes one that is idle out, and lends it to no call.
      other.emit('error', error);
    }
    throw error;
  };
  const pool = new pg.Pool({
    ...config,
    Client: GuardedClient,
    max,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    stream,
    onConnect: async (client) => {
      clients.add(client);
      whenLost(client, () => {
        if (clients.delete(client)) events.lost(client as pg.PoolClient, clients.size === 0);
      });
      client.once('end', () => clients.delete(client));
      const giveUp = () => {
        clients.delete(client);
        connectionOf(client).stream.destroy();
      };
      if (isStarted) await readyWithin(address.connectTimeoutMs, giveUp, () => configure(client));
    },
  });
  pool.on('error', () => {});
  return {
    pool,
    searchPath: () => searchPath,
    async start(first) {
      for (const client of first) await configure(client);
      isStarted = true;
      // An earlier start that was given up may have left connections, which got no settings.
      for (const other of clients) {
        if (first.includes(other)) continue;
        clients.delete(other);
        other.emit('error', new Error('The connection has no settings'));
        void (other as pg.Client).end();
      }
    },
    connect: () => pool.connect(),
    release: (client, ends) => client.release(ends),
    breakOff,
    async close() {
      if (pool.ending) return;
      const ended = pool.end();
      for (const client of clients) void (client as pg.Client).end();
      clients.clear();
      // Sockets that still wait for the server's first answer would never end by themselves.
      for (const socket of sockets) socket.connecting ? socket.destroy() : socket.destroySoon();
      // The process may end after this, and would take the requests with it.
      await Promise.all([ended, cancels.settled()]);
    },
  };
}

/** Keeps a socket in the set until it is closed. */
function addTo(sockets: Set<Socket>, socket: Socket): Socket {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket;
}

/** Calls `lose`, also more than once, when the server ends the connection or the way to it breaks. */
function whenLost(client: pg.ClientBase, lose: () => void): void {
  client.on('error', lose);
  connectionOf(client).on('errorMessage', ({ severity }: pg.DatabaseError) => {
    if (severity !== 'FATAL') return;
    // The query fails before the socket ends. Until then another call could get the connection.
    lose();
    void (client as pg.Client).end();
  });
}

/** Returns the driver's connection, which its types leave out. It emits the errors of the server. */
function connectionOf(client: pg.ClientBase): EventEmitter & { readonly stream: Duplex } {
  return (client as unknown as { readonly connection: EventEmitter & { readonly stream: Duplex } }).connection;
}

type ServerConfig = pg.PoolConfig &
  GuardedConfig & { readonly host: string; readonly port: number; readonly connectionTimeoutMillis: number };

function clientConfig(address: PostgresAddress): ServerConfig {
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
