import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { type MetricsPages, startMetricsServer } from './metrics-server.js';

const ANYWHERE = { host: '127.0.0.1', port: 0 };
const PAGES: MetricsPages = new Map([
  ['/page', async () => ({ status: 503, contentType: 'text/plain', body: 'It is here\n' })],
  ['/broken', () => Promise.reject(new Error('a secret'))],
]);

it.each([
  ['GET', '/page', 503, 'It is here\n'],
  ['GET', '/page?x=1', 503, 'It is here\n'],
  ['HEAD', '/page', 503, ''],
  ['POST', '/page', 404, 'Not found\n'],
  ['GET', '/', 404, 'Not found\n'],
  ['GET', '/page/', 404, 'Not found\n'],
  ['GET', '/constructor', 404, 'Not found\n'],
  ['GET', '/broken', 500, 'Failed\n'],
])('%s %s is answered with %i', async (method, path, status, body) => {
  await using server = await startMetricsServer(ANYWHERE, PAGES);
  const response = await fetch(server.url + path, { method });
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(body);
});

it('ends connections that are still open, and frees its port', async () => {
  const server = await startMetricsServer(ANYWHERE, PAGES);
  const port = Number(new URL(server.url).port);
  const socket = createConnection(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /page HTTP/1.1\r\nHost: x\r\n');
  const ended = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
  await server[Symbol.asyncDispose]();
  await ended;
  await using next = await startMetricsServer({ ...ANYWHERE, port }, PAGES);
  expect(next.url).toBe(server.url);
});

it.each([
  ['127.0.0.1', 'another process listens there'],
  ['192.0.2.1', 'this machine has no such address'],
])('refuses a port that %s does not give, and names the option', async (host, reason) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const port = Number(Object(other.address()).port);
  const started = startMetricsServer({ host, port }, PAGES);
  await expect(started).rejects.toMatchObject({
    code: 'CLI_METRICS_PORT',
    message: `--metrics-port ${port} on ${host}: ${reason}.`,
  });
  other.close();
});
