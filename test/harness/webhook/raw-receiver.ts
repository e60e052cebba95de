import net, { type AddressInfo, type Socket } from 'node:net';

/** A receiver that reads whole requests over HTTP/1.1, and whose answers are bytes that the test writes. */
export interface RawReceiver {
  readonly origin: string;
  /** The value of `webhook-id` of each request. */
  readonly ids: readonly string[];
  /** The head of each request. */
  readonly heads: readonly string[];
  /** The number of connections so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts a receiver. @param respond called with each request, the first one being 1 */
export async function startRawReceiver(respond: (socket: Socket, request: number) => void): Promise<RawReceiver> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      for (let end = endOfRequest(text); end !== null; end = endOfRequest(text)) {
        heads.push(text.slice(0, text.indexOf('\r\n\r\n')));
        text = text.slice(end);
        respond(socket, heads.length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heads,
    get ids() {
      return heads.map((head) => /^webhook-id: (.*)$/m.exec(head)?.[1] ?? '');
    },
    get connections() {
      return connections;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function endOfRequest(text: string): number | null {
  const bodyAt = text.indexOf('\r\n\r\n') + 4;
  if (bodyAt < 4) return null;
  const end = bodyAt + Number(/^content-length: (\d+)/m.exec(text)?.[1] ?? 0);
  return text.length < end ? null : end;
}
