import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy to a server that stops passing bytes on when the test stalls it, like a frozen process or a broken network. */
export interface StallingProxy {
  readonly port: number;
  /** Lets this number of further bytes through to the server, counted over all connections, then none until {@link flow}. */
  stallAfter(bytesToServer: number): void;
  /** True while it holds bytes back. */
  isStalled(): boolean;
  /** Drops everything that the server sends from now on. */
  dropAnswers(): void;
  /** Passes on the bytes that were held back, and all that follow. */
  flow(): void;
  close(): Promise<void>;
}

export async function startStallingProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<StallingProxy> {
  const sockets = new Set<Socket>();
  const stalled = new Set<Wire>();
  let left = Number.POSITIVE_INFINITY;
  let dropping = false;

  const send = (wire: Wire): void => {
    const data = Buffer.concat(wire.held.splice(0));
    const through = data.subarray(0, Math.min(left, data.length));
    left -= through.length;
    if (through.length > 0) wire.server.write(through);
    if (through.length === data.length) return;
    wire.held.push(data.subarray(through.length));
    wire.client.pause();
    stalled.add(wire);
  };

  const proxy = createServer((client) => {
    const server = connect(target.port, target.host);
    const wire: Wire = { client, server, held: [] };
    client.on('data', (chunk: Buffer) => {
      wire.held.push(chunk);
      send(wire);
    });
    server.on('data', (chunk: Buffer) => dropping || client.write(chunk));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    port: (proxy.address() as { port: number }).port,
    stallAfter: (bytesToServer) => {
      left = bytesToServer;
    },
    isStalled: () => stalled.size > 0,
    dropAnswers: () => {
      dropping = true;
    },
    flow: () => {
      left = Number.POSITIVE_INFINITY;
      dropping = false;
      for (const wire of stalled) {
        stalled.delete(wire);
        wire.client.resume();
        send(wire);
      }
    },
    close: async () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await once(proxy, 'close');
    },
  };
}

interface Wire {
  readonly client: Socket;
  readonly server: Socket;
  /** The bytes on their way to the server. */
  readonly held: Buffer[];
}
