import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import pg from 'pg';

/** A session of the server, as its answer to the login names it. */
export interface ServerSession {
  readonly processID: number | null;
  readonly secretKey: number | null;
}

/** The way to the server. */
export interface CancelWay {
  readonly host: string;
  readonly port: number;
  readonly ssl?: pg.ConnectionConfig['ssl'];
}

/** The time for which a pool that closes waits for a request, also where the server does not answer. */
const PATIENCE_MS = 2_000;

/** The parts of the driver's connection that its types leave out. */
interface BareConnection extends EventEmitter {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}

/** The requests to cancel of a pool. */
export interface Cancels {
  /** Asks the server to end the statement that a session runs, so that no abandoned statement goes on. */
  send(session: ServerSession): void;
  /** Resolves when no request is under way. */
  settled(): Promise<void>;
}

/** @param max the most requests at a time; a further one is left out, since the session is closed in any case */
export function createCancels(way: CancelWay, max: number): Cancels {
  const pending = new Set<Promise<void>>();
  return {
    send(session) {
      if (pending.size >= max) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      pending.add(promise);
      cancelStatement(session, way, () => {
        pending.delete(promise);
        resolve();
      });
    },
    settled: async () => void (await Promise.all(pending)),
  };
}

/**
 * Sends one request. It needs no login, and takes none of the server's connections. Calls back when it is over, whether it has arrived or
 * not, and perhaps more than once.
 */
function cancelStatement({ processID, secretKey }: ServerSession, way: CancelWay, onEnd: () => void): void {
  const { host, port, ssl } = way;
  if (processID === null || secretKey === null) {
    onEnd();
    return;
  }
  const bare = new pg.Connection({ stream: new Socket(), ssl } as unknown as pg.ConnectionConfig);
  const connection = bare as unknown as BareConnection;
  const send = () => connection.cancel(processID, secretKey);
  const end = () => {
    clearTimeout(patience);
    bare.stream.destroy();
    onEnd();
  };
  const patience = setTimeout(end, PATIENCE_MS);
  connection.on('error', end);
  connection.once('connect', () => (ssl ? connection.requestSsl() : send()));
  connection.once('sslconnect', send);
  connection.once('end', end);
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
}
