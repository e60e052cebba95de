import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy to a server, which can break a connection at a chosen byte. It listens on a port of the loopback. */
export interface FaultProxy {
  readonly port: number;
  /** Bytes that went through so far, over all connections. */
  readonly passed: { readonly up: number; readonly down: number };
  /** Lets this number of further bytes through to the server (`up`) or to the client (`down`), then resets every connection. */
  cutAfter(direction: 'up' | 'down', bytes: number): void;
  /** Resets every connection now. */
  cut(): void;
  /** Lets no new connection through. */
  refuse(): void;
  /** Drops all data of both sides from now on, and keeps the connections. */
  fallSilent(): void;
  /** Takes back all orders. */
  restore(): void;
  close(): Promise<void>;
}

/** Starts a proxy. @param server the server behind it */
export async function startFaultProxy(server: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const passed = { up: 0, down: 0 };
  const left = { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY };
  let mode: 'open' | 'refusing' | 'silent' = 'open';

  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const pass = (chunk: Buffer, to: Socket, direction: 'up' | 'down') => {
    if (mode === 'silent') return;
    const through = chunk.subarray(0, Math.min(left[direction], chunk.length));
    passed[direction] += through.length;
    left[direction] -= through.length;
    to.write(through, () => left[direction] === 0 && cut());
  };
  const proxy = createServer((client) => {
    if (mode === 'refusing') return void client.resetAndDestroy();
    const upstream = connect(server.port, server.host);
    join(client, upstream, sockets);
    client.on('data', (chunk: Buffer) => pass(chunk, upstream, 'up'));
    upstream.on('data', (chunk: Buffer) => pass(chunk, client, 'down'));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');

  return {
    port: address.port,
    passed,
    cut,
    cutAfter: (direction, bytes) => {
      left[direction] = bytes;
      if (bytes === 0) cut();
    },
    refuse: () => {
      mode = 'refusing';
    },
    fallSilent: () => {
      mode = 'silent';
    },
    restore: () => {
      mode = 'open';
      left.up = Number.POSITIVE_INFINITY;
      left.down = Number.POSITIVE_INFINITY;
    },
    close: async () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await once(proxy, 'close');
    },
  };
}

/** Runs work behind a proxy to the server, and leaves no proxy open. */
export async function behindFaultProxy(
  server: { readonly host: string; readonly port: number },
  work: (proxy: FaultProxy) => Promise<void>,
): Promise<void> {
  const proxy = await startFaultProxy(server);
  try {
    await work(proxy);
  } finally {
    proxy.restore();
    proxy.cut();
    await proxy.close();
  }
}

/** Joins two sockets: the end of one ends the other. */
function join(client: Socket, upstream: Socket, sockets: Set<Socket>): void {
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(one);
    one.on('error', () => {});
    one.on('close', () => {
      sockets.delete(one);
      other.destroy();
    });
  }
}
