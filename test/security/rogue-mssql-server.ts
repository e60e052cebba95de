import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A listener that imitates a SQL Server without encryption and tries to get the password. */
export interface RogueServer extends AsyncDisposable {
  readonly port: number;
  /** The login packets that it has read. */
  readonly logins: readonly Buffer[];
}

const PRELOGIN = 0x12;
const LOGIN = 0x10;

/** The options of an answer to PRELOGIN: a version, and the statement that there is no encryption. */
const NO_ENCRYPTION = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]);

export async function startRogueServer(): Promise<RogueServer> {
  const logins: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => {});
    socket.on('data', (data) => {
      if (data[0] === PRELOGIN) return void socket.write(packet(NO_ENCRYPTION));
      if (data[0] === LOGIN) logins.push(data);
      socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    logins,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function packet(body: Buffer): Buffer {
  const head = Buffer.from([4, 1, 0, 0, 0, 0, 1, 0]);
  head.writeUInt16BE(head.length + body.length, 2);
  return Buffer.concat([head, body]);
}

/** Returns the password as it is in a login packet: each byte with its halves exchanged, and turned around. */
export function obscured(password: string): Buffer {
  return Buffer.from(Buffer.from(password, 'utf16le').map((byte) => ((byte << 4) | (byte >> 4)) ^ 0xa5));
}
