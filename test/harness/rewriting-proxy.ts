import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Pairs of texts of the same length: each first one that passes becomes the second. */
export interface Rewriting {
  /** The replacements in the texts that the client sends. */
  readonly up?: readonly (readonly [from: string, to: string])[];
  /** The replacements in the texts that the server sends. */
  readonly down?: readonly (readonly [from: string, to: string])[];
}

/** A proxy before a server that speaks without encryption, which changes texts on their way. Dispose of it to close it. */
export interface RewritingProxy extends AsyncDisposable {
  readonly port: number;
}

/** @param server on the loopback */
export async function startRewritingProxy(
  server: { readonly port: number },
  { up = [], down = [] }: Rewriting,
): Promise<RewritingProxy> {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = connect(server.port, '127.0.0.1');
    for (const [from, to, pairs] of [
      [client, upstream, up],
      [upstream, client, down],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes: Buffer) => to.write(rewritten(bytes, pairs)));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.end();
      });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

function rewritten(bytes: Buffer, pairs: readonly (readonly [from: string, to: string])[]): Buffer {
  let text = bytes.toString('latin1');
  for (const [from, to] of pairs) {
    if (from.length !== to.length) throw new TypeError('Texts of another length would break the messages.');
    text = text.replaceAll(from, to);
  }
  return Buffer.from(text, 'latin1');
}
