import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { recogniseServer } from './foreign-server.js';

const { signal } = new AbortController();

async function listen(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return recogniseServer({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, { signal });
}

/** Starts a server that sends a greeting, or answers the first packet with `answer`. */
function peer({
  greeting = '',
  answer = () => null,
}: {
  greeting?: string;
  answer?: (asked: Buffer) => Buffer | null;
}) {
  return createServer((socket: Socket) => {
    socket.on('error', () => {});
    if (greeting !== '') socket.write(Buffer.from(greeting, 'latin1'));
    socket.once('data', (asked) => {
      const bytes = answer(asked);
      if (bytes === null) socket.destroy();
      else socket.write(bytes);
    });
  });
}

const tlsRequested = (asked: Buffer) => (asked.readUInt32BE(4) === 80_877_103 ? Buffer.from('N') : null);
const preLogin = (asked: Buffer) => (asked[0] === 0x12 ? Buffer.from('0401002b00000100', 'hex') : null);

it.each([
  ['a MySQL or MariaDB server', { greeting: 'J\0\0\0\n8.4.3\0' }],
  ['a MySQL or MariaDB server', { greeting: '\x45\0\0\0\xffi\x04Host is blocked' }],
  ['an SSH server', { greeting: 'SSH-2.0-OpenSSH_9.2\r\n' }],
  ['a mail or FTP server', { greeting: '220 mail.example.com ESMTP\r\n' }],
  ['a PostgreSQL server', { answer: tlsRequested }],
  ['an SQL Server', { answer: preLogin }],
  ['a Redis server', { answer: () => Buffer.from('-ERR unknown command\r\n') }],
  ['a server that begins with TLS', { answer: () => Buffer.from('15030100020246', 'hex') }],
])('recognises %s', async (kind, behaviour) => {
  expect(await listen(peer(behaviour))).toBe(kind);
});

it('recognises a web server', async () => {
  expect(await listen(createHttpServer((_, response) => response.end('hello')))).toBe('a web server');
});

it.each([
  ['that closes every connection', { answer: () => null }],
  ['that speaks another language', { greeting: 'hello, who is there?' }],
])('does not know a server %s', async (_, behaviour) => {
  expect(await listen(peer(behaviour))).toBeNull();
});

it('does not know what cannot be reached', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  expect(await recogniseServer({ host: '127.0.0.1', port }, { signal })).toBeNull();
});
