import { once } from 'node:events';
import { get } from 'node:http';
import { createConnection, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type MetricsPages, type ServedPage, startMetricsServer } from './metrics-server.js';

const ANYWHERE = { host: '127.0.0.1', port: 0, password: null };
const HERE = { status: 503, contentType: 'text/plain', body: 'It is here\n' };
const PAGES: MetricsPages = new Map<string, ServedPage>([
  ['/page', { readers: 'scrapers', answer: async () => HERE }],
  ['/probe', { readers: 'all', answer: async () => HERE }],
  ['/owner', { readers: 'owner', answer: async ({ query }) => ({ ...HERE, body: `${query.get('x')}` }) }],
  ['/broken', { readers: 'all', answer: () => Promise.reject(new Error('a secret')) }],
]);

it.each([
  ['GET', '/page', 503, 'It is here\n'],
  ['GET', '/page?x=1', 503, 'It is here\n'],
  ['HEAD', '/page', 503, ''],
  ['POST', '/page', 404, 'Not found\n'],
  ['GET', '/', 404, 'Not found\n'],
  ['GET', '/page/', 404, 'Not found\n'],
  ['GET', '/constructor', 404, 'Not found\n'],
  ['GET', '/owner?x=a%20b&y', 503, 'a b'],
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
  const started = startMetricsServer({ host, port, password: null }, PAGES);
  await expect(started).rejects.toMatchObject({
    code: 'CLI_METRICS_PORT',
    message: `--metrics-port ${port} on ${host}: ${reason}.`,
  });
  other.close();
});

const SECRET = 'correct horse battery';
const withPassword = (password: string) => ({ headers: { authorization: `Basic ${btoa(`any:${password}`)}` } });

describe('a server with a password', () => {
  it('shows pages to those who have it, and probes to all', async () => {
    await using server = await startMetricsServer({ ...ANYWHERE, password: SECRET }, PAGES);
    for (const [path, status] of [
      ['/page', 401],
      ['/owner', 401],
      ['/probe', 503],
      ['/', 404],
    ] as const) {
      const response = await fetch(server.url + path);
      expect([path, response.status]).toEqual([path, status]);
      expect(response.headers.get('www-authenticate')).toBe(
        status === 401 ? 'Basic realm="dbsync", charset="UTF-8"' : null,
      );
    }
    for (const path of ['/page', '/owner'])
      expect((await fetch(server.url + path, withPassword(SECRET))).status).toBe(503);
  });

  it('lets a wrong password wait, and delays no other request meanwhile', async () => {
    const waiting = Promise.withResolvers<number>();
    const end = Promise.withResolvers<void>();
    const sleep = (ms: number) => {
      waiting.resolve(ms);
      return end.promise;
    };
    await using server = await startMetricsServer({ ...ANYWHERE, password: SECRET }, PAGES, sleep);
    const wrong = fetch(`${server.url}/page`, withPassword(`${SECRET}!`));
    expect(await waiting.promise).toBe(1_000);
    expect((await fetch(`${server.url}/page`, withPassword(SECRET))).status).toBe(503);
    end.resolve();
    const answer = await wrong;
    expect([answer.status, answer.headers.get('connection')]).toEqual([401, 'close']);
  });

  it('answers one wrong password a connection, and nothing behind it', async () => {
    const waits: number[] = [];
    const sleep = async (ms: number) => waits.push(ms);
    await using server = await startMetricsServer({ ...ANYWHERE, password: SECRET }, PAGES, sleep);
    const socket = createConnection(Number(new URL(server.url).port), '127.0.0.1');
    const request = (password: string) =>
      `GET /page HTTP/1.1\r\nHost: x\r\nAuthorization: ${withPassword(password).headers.authorization}\r\n\r\n`;
    socket.end(request('wrong 1') + request('wrong 2') + request(SECRET));
    const answered = await text(socket);
    expect(answered.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 401']);
    expect(waits).toHaveLength(1);
  });
});

describe('a server without a password', () => {
  /** `fetch` allows no other name of the host. */
  async function statusOf(url: string, path: string, host: string): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    get(url + path, { headers: { host } }, (response) => resolve(response.resume().statusCode)).on('error', reject);
    return promise;
  }

  it('shows the page of its owner at a name of this machine alone, and the others at any', async () => {
    await using server = await startMetricsServer(ANYWHERE, PAGES);
    expect(server.isExposed).toBe(false);
    for (const host of ['localhost:9464', '127.0.0.1', '[::1]:1'])
      expect([host, await statusOf(server.url, '/owner', host)]).toEqual([host, 503]);
    for (const host of ['evil.example.com', '127.0.0.1.example.com', 'localhost@example.com', 'a b']) {
      expect([host, await statusOf(server.url, '/owner', host)]).toEqual([host, 403]);
      expect(await statusOf(server.url, '/page', host)).toBe(503);
    }
  });

  it('shows it to no one where other machines reach the port, and says so', async () => {
    await using server = await startMetricsServer({ ...ANYWHERE, host: '0.0.0.0' }, PAGES);
    expect(server.isExposed).toBe(true);
    const url = server.url.replace('0.0.0.0', '127.0.0.1');
    const refused = await fetch(`${url}/owner`);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('--metrics-password-file')]);
    expect((await fetch(`${url}/page`)).status).toBe(503);
    await using guarded = await startMetricsServer({ host: '0.0.0.0', port: 0, password: SECRET }, PAGES);
    expect(guarded.isExposed).toBe(false);
    const here = guarded.url.replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${here}/owner`, withPassword(SECRET))).status).toBe(503);
  });
});
