import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';

/** An address of a server that can stop answering statements. */
export interface MuteAddress extends AsyncDisposable {
  readonly url: string;
  /** Connections that are opened from now on log in, and none of their statements reaches the server. */
  mute(): void;
  /** Connections that are opened from now on work. */
  answer(): void;
}

/** @param isStatement true for the bytes of a statement, which come after the login */
export async function startMuteAddress(
  database: string,
  isStatement: (bytes: Buffer) => boolean,
): Promise<MuteAddress> {
  const to = new URL(database);
  let isMute = false;
  const listener = createServer((socket) => {
    const onward = createConnection({ port: Number(to.port), host: '127.0.0.1' });
    const isSilent = isMute;
    for (const each of [socket, onward]) each.on('error', () => {});
    socket.on('data', (bytes) => {
      if (!isSilent || !isStatement(bytes)) onward.write(bytes);
    });
    socket.on('close', () => onward.destroy());
    onward.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(database);
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    mute: () => {
      isMute = true;
    },
    answer: () => {
      isMute = false;
    },
    [Symbol.asyncDispose]: async () => void listener.close(),
  };
}
