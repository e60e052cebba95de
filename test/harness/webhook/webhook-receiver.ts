import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import http2, { type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** A whole received request. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query, as written. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly httpVersion: string;
}

/** The response. Over HTTP/2 it is an `Http2ServerResponse`, which has the same methods, and a `stream`. */
export type ReceiverResponse = ServerResponse;
export type Behaviour = (response: ReceiverResponse, request: ReceivedRequest) => void;

/** A web service on loopback whose behaviour a test sets. */
export interface Receiver {
  readonly port: number;
  /** The origin, without a path. */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  /** The number of connections so far, and those that are open. */
  readonly connections: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Gives new connections this certificate, and asks them for one of these authorities. */
  renew(tls: TlsOptions): void;
  /** Sets the behaviour from now on. */
  behave(behaviour: Behaviour): void;
  /** Resolves once that many requests have come. */
  received(count: number): Promise<void>;
  /** Closes the receiver, and breaks open connections. */
  close(): Promise<void>;
}

export interface ReceiverOptions {
  /** `h2` takes HTTP/1.1 from clients that do not offer HTTP/2. */
  readonly protocol?: 'http' | 'https' | 'h2';
  readonly tls?: TlsOptions;
  /** The port; 0: any free one. */
  readonly port?: number;
}

export const accept: Behaviour = (response) => {
  response.statusCode = 204;
  response.end();
};

export async function startReceiver({
  protocol = 'http',
  tls = {},
  port = 0,
}: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let behaviour = accept;
  let connections = 0;

  const take = async (request: IncomingMessage | Http2ServerRequest, response: ReceiverResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers, httpVersion } = request;
    const received = { method, path, headers, body: Buffer.concat(chunks).toString('utf8'), httpVersion };
    requests.push(received);
    behaviour(response, received);
    for (const look of waiting) look();
  };
  const listener = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => {
    /** A sender that disappears in the middle of its request is part of the tests. */
    take(request, response as ServerResponse).catch(() => (response as ServerResponse).destroy());
  };
  const server =
    protocol === 'http'
      ? http.createServer(listener)
      : protocol === 'https'
        ? https.createServer(tls, listener)
        : http2.createSecureServer({ ...tls, allowHTTP1: true }, listener);
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    origin: `${protocol === 'http' ? 'http' : 'https'}://127.0.0.1:${bound}`,
    requests,
    sockets,
    get connections() {
      return connections;
    },
    renew(renewed) {
      if ('setSecureContext' in server) server.setSecureContext(renewed);
    },
    behave(next) {
      behaviour = next;
    },
    received: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (requests.length >= count && waiting.delete(look)) resolve();
        };
        waiting.add(look);
        look();
      }),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
