import { SinkError } from '@dbsync/core/contract';
import { createSemaphore } from '@dbsync/core/sink-kit';
import { createConnectionLosses, type SessionLosses } from '@dbsync/sql';
import type { MssqlAddress } from './mssql-address.js';
import { connect, type MssqlConnection } from './mssql-connection.js';
import { placeOf } from './mssql-errors.js';
import { connectionSettings, SESSION_SETTINGS } from './session-settings.js';
import { LostConnection } from './tds-failures.js';

/** Connections to one database. A broken one is replaced at a later use. */
export interface MssqlPool {
  readonly losses: SessionLosses;
  acquire(signal?: AbortSignal): Promise<MssqlConnection>;
  release(connection: MssqlConnection): void;
  use<T>(signal: AbortSignal, run: (connection: MssqlConnection) => Promise<T>): Promise<T>;
  /** Breaks all connections, those in use as well. */
  close(): void;
}

const MAX_CONNECTIONS = 8;
/** A time of over a minute, so that a daemon that looks each minute keeps its connections. */
const IDLE_TIMEOUT_MS = 120_000;

/** Creates the pool. @throws a fatal SinkError for TLS files that cannot be used */
export function createMssqlPool(address: MssqlAddress): MssqlPool {
  const settings = connectionSettings(address);
  const open = new Set<MssqlConnection>();
  const idle = new Map<MssqlConnection, NodeJS.Timeout>();
  const closing = new AbortController();
  const places = createSemaphore(MAX_CONNECTIONS);
  const losses = createConnectionLosses(() => lostWhileIdle(address));

  const takeIdle = (): MssqlConnection | undefined => {
    const connection = [...idle.keys()].at(-1);
    if (connection === undefined) return undefined;
    clearTimeout(idle.get(connection));
    idle.delete(connection);
    return connection;
  };

  const discard = (connection: MssqlConnection): void => {
    open.delete(connection);
    clearTimeout(idle.get(connection));
    idle.delete(connection);
    connection.destroy();
  };

  const openOne = async (signal: AbortSignal): Promise<MssqlConnection> => {
    let connection: MssqlConnection | undefined;
    const onEnd = () => {
      if (connection === undefined || !open.has(connection)) return;
      losses.add();
      discard(connection);
    };
    connection = await connect(settings, { signal, onEnd });
    open.add(connection);
    try {
      await connection.batch(SESSION_SETTINGS, { signal });
    } catch (error) {
      discard(connection);
      throw error;
    }
    return connection;
  };

  const acquire = async (caller?: AbortSignal): Promise<MssqlConnection> => {
    const signal = caller === undefined ? closing.signal : AbortSignal.any([caller, closing.signal]);
    await places.enter(signal);
    try {
      return takeIdle() ?? (await openOne(signal));
    } catch (error) {
      places.leave();
      throw error;
    }
  };

  const release = (connection: MssqlConnection): void => {
    if (connection.isUsable && !closing.signal.aborted) {
      idle.set(connection, setTimeout(() => discard(connection), IDLE_TIMEOUT_MS).unref());
    } else discard(connection);
    places.leave();
  };

  return {
    losses,
    acquire,
    release,
    async use(signal, run) {
      const connection = await acquire(signal);
      try {
        return await run(connection);
      } finally {
        release(connection);
      }
    },
    close() {
      closing.abort(new LostConnection('The sink was closed'));
      for (const connection of [...open]) discard(connection);
    },
  };
}

function lostWhileIdle(address: MssqlAddress): SinkError {
  const message = `${placeOf(address)}: a connection ended while no call used it`;
  return new SinkError('MSSQL_CONNECTION_LOST', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
