import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';

/** A proxy on loopback like those of companies: tunnels by CONNECT, and plain requests in absolute form. */
export interface ConnectProxy extends Pick<Gate, 'asked' | 'askedTimes' | 'refuse'> {
  readonly port: number;
  /** The URL, with the credentials where it demands some. */
  readonly url: string;
  /** Resolves once no connection to it is open. */
  unused(): Promise<void>;
  /** Resets all connections to it, as a firewall does. */
  reset(): void;
  /** Closes the proxy, and breaks open connections. */
  close(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** Credentials that it demands; other requests get 407. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** The own certificate of the proxy: connections to it are encrypted. */
  readonly tls?: TlsOptions;
  /** True: it takes requests and answers none. */
  readonly isSilent?: boolean;
}

/** @returns a proxy for which every name leads to 127.0.0.1 */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const { credentials, tls } = options;
  const gate = createGate(options);
  const sockets = new Set<Socket>();
  const forward = (request: IncomingMessage, response: ServerResponse) => {
    const status = gate.judge(request);
    if (status === 'served') forwardRequest(request, response);
    else if (status !== 'silent') response.writeHead(status).end();
  };
  const server = tls === undefined ? http.createServer(forward) : https.createServer(tls, forward);
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    const status = gate.judge(request);
    if (status === 'served') openTunnel(request, client);
    else if (status === 'silent') client.resume().once('end', () => client.end());
    else client.end(`HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\ncontent-length: 0\r\n\r\n`);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const login = credentials === undefined ? '' : `${credentials.user}:${encodeURIComponent(credentials.password)}@`;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://${login}127.0.0.1:${port}`,
    ...gate,
    unused: async () => {
      while (sockets.size > 0) await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    },
    reset() {
      /** Only the first method waits until all is written. */
      for (const socket of sockets) socket.resetAndDestroy().destroy();
    },
    close: async () => {
      const closed = new Promise((ended) => server.close(ended));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The decisions of the proxy about requests, and the requests that came. */
interface Gate {
  /** The requests, such as `CONNECT host:443` and `POST http://host/path`. */
  readonly asked: readonly string[];
  /** Resolves once that many requests have come. */
  askedTimes(count: number): Promise<void>;
  /** Sets the status for each request from now on; null: requests are served. */
  refuse(status: number | null): void;
  judge(request: IncomingMessage): number | 'served' | 'silent';
}

function createGate({ credentials, isSilent = false }: ConnectProxyOptions): Gate {
  const asked: string[] = [];
  const waiting = new Set<() => void>();
  let refusal: number | null = null;
  return {
    asked,
    askedTimes: (count) =>
      new Promise((reached) => {
        const look = () => {
          if (asked.length >= count && waiting.delete(look)) reached();
        };
        waiting.add(look);
        look();
      }),
    refuse(status) {
      refusal = status;
    },
    judge(request) {
      asked.push(`${request.method} ${request.url}`);
      for (const look of waiting) look();
      if (isSilent) return 'silent';
      return refusal ?? (isAllowed(request, credentials) ? 'served' : 407);
    },
  };
}

function isAllowed({ headers }: IncomingMessage, credentials: ConnectProxyOptions['credentials']): boolean {
  if (credentials === undefined) return true;
  const login = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
  return headers['proxy-authorization'] === `Basic ${login}`;
}

function openTunnel(request: IncomingMessage, client: Duplex): void {
  const server = net.connect(Number(new URL(`http://${request.url}`).port || 80), '127.0.0.1');
  server.once('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.pipe(client).pipe(server);
  });
  const end = () => [client, server].map((socket) => socket.destroy());
  for (const socket of [client, server]) socket.on('error', end).once('close', end);
}

function forwardRequest(request: IncomingMessage, response: ServerResponse): void {
  const { port, pathname, search } = new URL(request.url ?? '');
  const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = request.headers;
  const { method } = request;
  const passed = http.request({ host: '127.0.0.1', port, path: pathname + search, method, headers });
  passed.once('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)));
  passed.once('error', () => response.destroy());
  request.pipe(passed);
}
