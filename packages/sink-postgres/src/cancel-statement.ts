import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
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
  readonly ssl: pg.ConnectionConfig['ssl'];
  readonly stream: () => Socket;
  readonly timeoutMs: number;
}

/** The parts of the driver's connection that its types leave out. */
interface BareConnection extends EventEmitter {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}

/**
 * Asks the server to end the statement that a session runs, so that no abandoned statement goes on. The request needs no login, and takes none of the
 * server's connections. Calls back when it is over, whether it has arrived or not: the session is closed in any case.
 */
export function cancelStatement({ processID, secretKey }: ServerSession, way: CancelWay, onEnd: () => void): void {
  const { host, port, ssl, stream, timeoutMs } = way;
  if (processID === null || secretKey === null) {
    onEnd();
    return;
  }
  const bare = new pg.Connection({ stream, ssl } as unknown as pg.ConnectionConfig);
  const connection = bare as unknown as BareConnection;
  const send = () => connection.cancel(processID, secretKey);
  const patience = setTimeout(() => bare.stream.destroy(), timeoutMs);
  connection.on('error', () => bare.stream.destroy());
  connection.once('connect', () => (ssl ? connection.requestSsl() : send()));
  connection.once('sslconnect', send);
  connection.once('end', () => {
    clearTimeout(patience);
    onEnd();
  });
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
}
