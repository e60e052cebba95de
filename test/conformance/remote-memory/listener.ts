import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A server on a port of the loopback, for sinks in other processes and behind connections that break. */
export interface RemoteMemoryServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens. @param serve handles a connection; if it fails, that connection ends */
export async function listen(serve: (socket: Socket) => Promise<void>): Promise<RemoteMemoryServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    host: address.address,
    port: address.port,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
