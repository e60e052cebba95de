import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Reply } from './replies.ts';
import type { TdsRequest } from './requests.ts';
import { createScript, type Match, matches, type Script } from './script.ts';
import { serveConnection } from './serve-connection.ts';
import type { Admission } from './sign-in.ts';
import type { TlsOffer } from './tls-channel.ts';

/** The accepted logins, and the offered TLS, wrapped as in TDS 7 and bare as in 8; without it nothing is encrypted. */
export interface TdsPeerOptions extends Admission {
  readonly tls?: TlsOffer;
}

/**
 * A server that clients take for a SQL Server: it logs clients in, keeps the transactions of their sessions, and
 * answers every request by its script, else only with success. It runs no SQL. Disposing of it drops every connection,
 * and throws where it could not read a client, so that no test passes by a misunderstanding.
 */
export interface TdsPeer extends AsyncDisposable, Omit<Script, 'replyTo'> {
  readonly port: number;
  /** All messages of clients, logins and cancels too, in the order of arrival. */
  readonly requests: readonly TdsRequest[];
  /** The number of open connections. */
  readonly connections: number;
  /** Returns the first request that matches, or the one of that number, as soon as it is there. */
  received(match: Match, ordinal?: number): Promise<TdsRequest>;
  /** Resolves when no connection is open. */
  allClosed(): Promise<void>;
  /** Ends every connection at once, as a dying server does. */
  dropConnections(): void;
  /** Drops the connection that sends the last of this number of further bytes, counted over all connections. */
  dropAfterReceiving(bytes: number): void;
}

export async function startTdsPeer({ tls, ...admission }: TdsPeerOptions = {}): Promise<TdsPeer> {
  const script = createScript();
  const requests: TdsRequest[] = [];
  const events = new EventEmitter();
  const failures: unknown[] = [];
  const sockets = new Set<Socket>();
  let connection = 0;
  let bytesLeft = Number.POSITIVE_INFINITY;

  const replyTo = (request: TdsRequest): Promise<Reply | null> => {
    requests.push(request);
    events.emit('request');
    return script.replyTo(request);
  };
  const countBytes = (socket: Socket, bytes: Buffer): void => {
    bytesLeft -= bytes.length;
    if (bytesLeft > 0) return;
    bytesLeft = Number.POSITIVE_INFINITY;
    socket.destroy();
  };

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      events.emit('close');
    });
    socket.on('data', (bytes: Buffer) => countBytes(socket, bytes));
    connection += 1;
    serveConnection(socket, {
      connection,
      tls: tls ?? null,
      admission,
      replyTo,
      failed: (error) => failures.push(error),
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const allClosed = async (): Promise<void> => {
    while (sockets.size > 0) await once(events, 'close');
  };
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get connections() {
      return sockets.size;
    },
    answer: script.answer,
    answerOnce: script.answerOnce,
    received: async (match, ordinal = 1) => {
      for (;;) {
        const request = requests.filter((each) => matches(match, each))[ordinal - 1];
        if (request !== undefined) return request;
        await once(events, 'request');
      }
    },
    allClosed,
    dropConnections,
    dropAfterReceiving: (bytes) => {
      bytesLeft = bytes;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      dropConnections();
      await allClosed();
      if (failures.length > 0) throw new AggregateError(failures, 'The peer could not go on with a client');
    },
  };
}
