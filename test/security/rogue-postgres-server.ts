import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A listener that imitates a PostgreSQL server and tries to get the password. */
export interface RogueServer extends AsyncDisposable {
  readonly port: number;
  /** The passwords that it has read in plain text. */
  readonly stolen: readonly string[];
}

const SSL_REQUEST = 80_877_103;
const CLEARTEXT = 3;
const MD5 = 5;

/**
 * Starts the server.
 * @param methods by which it asks, one after the other
 * @param place a port of 127.0.0.1 (0: a free one), or the path of a unix socket
 */
export async function startRogueServer(
  methods: readonly ('cleartext' | 'md5')[],
  listenAt: number | string = 0,
): Promise<RogueServer> {
  const stolen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => {});
    const left = [...methods];
    let wanted: string | undefined;
    socket.on('data', (data) => {
      if (data.length === 8 && data.readInt32BE(4) === SSL_REQUEST) return void socket.write('N');
      if (wanted === 'cleartext') stolen.push(data.subarray(5, -1).toString());
      wanted = left.shift();
      if (wanted === undefined) socket.end();
      else socket.write(wanted === 'md5' ? request(MD5, Buffer.from('salt')) : request(CLEARTEXT));
    });
  });
  if (typeof listenAt === 'string') server.listen(listenAt);
  else server.listen(listenAt, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    stolen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Returns a request for authentication: its type, its length, the method and what belongs to it. */
function request(method: number, rest: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.write('R');
  head.writeInt32BE(8 + rest.length, 1);
  head.writeInt32BE(method, 5);
  return Buffer.concat([head, rest]);
}
