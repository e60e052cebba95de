import net, { type AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, expect, it } from 'vitest';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../../../test/harness/connect-proxy.ts';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import { message } from '../../../test/harness/webhook/webhook-target.ts';
import { createWebhookTrust } from '../../../test/harness/webhook/webhook-trust.ts';
import { createSink } from '../src/index.ts';

const ACCEPTED = { verdict: 'accepted' };
const NAME = 'receiver.example';
const credentials = { user: 'dbsync', password: 'p@ss:w0rd' };

const trust = createWebhookTrust();
const { ca } = trust;
afterAll(trust.remove);

/** Each sink goes through the proxy that was started last. */
let proxy: ConnectProxy;
const bench = createWebhookBench((target) => createSink({ ...target, proxy: proxy.url }));
afterEach(bench.closeAll);

async function startProxy(options: ConnectProxyOptions = {}): Promise<void> {
  proxy = await startConnectProxy(options);
  bench.closeLater(proxy.close);
}

it.each([
  ['HTTP/2', '2.0', true],
  ['HTTP/1.1', '1.1', false],
])(
  'delivers by %s through a tunnel, to a name that the proxy resolves, encrypted from here',
  async (_, version, http2) => {
    for (const options of [{}, { credentials }]) {
      await startProxy(options);
      const receiver = await bench.receive({ protocol: 'h2', tls: trust.server(NAME) });
      const deliver = await bench.deliverTo(`https://${NAME}:${receiver.port}/hook?key=1`, { ca, http2 });
      expect(await deliver('msg_1')).toEqual(ACCEPTED);
      expect(await deliver('msg_2')).toEqual(ACCEPTED);
      expect(receiver.requests).toMatchObject([
        { path: '/hook?key=1', httpVersion: version },
        { httpVersion: version },
      ]);
      for (const { headers } of receiver.requests) expect(headers).not.toHaveProperty('proxy-authorization');
      expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${NAME}:${receiver.port}`]));
    }
  },
);

it.each(['https', 'http'])(
  'goes to the proxy itself over TLS, and verifies it, for a receiver of %s',
  async (scheme) => {
    const [own, defaults] = [createWebhookTrust(), getCACertificates('default')];
    bench.closeLater(own.remove);
    bench.closeLater(() => setDefaultCACertificates(defaults));
    await startProxy({ tls: own.server('127.0.0.1'), credentials });
    const receiver = await bench.receive({ protocol: scheme === 'https' ? 'h2' : 'http', tls: trust.server(NAME) });
    const open = () => bench.open(`${scheme}://${NAME}:${receiver.port}/`, scheme === 'https' ? { ca } : {});
    const sink = await open();
    const { signal } = new AbortController();
    const fault = `the proxy 127.0.0.1:${proxy.port}: its certificate cannot be trusted (`;
    const reason = expect.stringContaining(`No answer: ${fault}`);
    expect(await sink.deliver([message('msg_1')], { signal })).toMatchObject([
      { verdict: 'retry', fault: 'target', reason },
    ]);
    expect(await sink.checkHealth({ signal })).toContainEqual({
      level: 'fail',
      what: expect.stringContaining(fault),
      remedy: expect.stringContaining('trusts the authority of its certificate'),
    });
    expect(proxy.asked).toEqual([]);
    setDefaultCACertificates([own.authority]);
    expect(await (await open()).deliver([message('msg_1')], { signal })).toEqual([ACCEPTED]);
  },
);

it('asks the proxy for the whole address where the receiver has no encryption', async () => {
  await startProxy({ credentials });
  const receiver = await bench.receive();
  const deliver = await bench.deliverTo(`http://${NAME}:${receiver.port}/hook?key=1`);
  expect(await deliver()).toEqual(ACCEPTED);
  expect(proxy.asked).toEqual([`POST http://${NAME}:${receiver.port}/hook?key=1`]);
  expect(receiver.requests[0]).toMatchObject({ path: '/hook?key=1', headers: { host: `${NAME}:${receiver.port}` } });
});

it('masks what a proxy repeats of its credentials, before an answer is kept', async () => {
  await startProxy({ credentials });
  const receiver = await bench.receive();
  receiver.behave((response) => {
    response.statusCode = 407;
    response.end(`${credentials.password} ${Buffer.from('dbsync:p@ss:w0rd').toString('base64')}`);
  });
  const deliver = await bench.deliverTo(`http://${NAME}:${receiver.port}/`);
  expect(await deliver()).toMatchObject({ reason: 'HTTP 407 Proxy Authentication Required', answer: '*** ***' });
});

it.each([
  [407, 'demands other credentials (407)'],
  [403, 'forbids dbsync this address (403)'],
])('says that the proxy answered %d, without its credentials, and delivers once it serves', async (status, words) => {
  await startProxy({ credentials });
  proxy.refuse(status);
  const receiver = await bench.receive({ protocol: 'h2', tls: trust.server(NAME) });
  for (const http2 of [true, false]) {
    proxy.refuse(status);
    const deliver = await bench.deliverTo(`https://${NAME}:${receiver.port}/`, { ca, http2 });
    const reason = `No answer: the proxy 127.0.0.1:${proxy.port} ${words}`;
    expect(await deliver()).toEqual({ verdict: 'retry', fault: 'target', answer: '', reason });
    proxy.refuse(null);
    expect(await deliver()).toEqual(ACCEPTED);
  }
});

it('says that the proxy is not there', async () => {
  await startProxy();
  await proxy.close();
  for (const url of ['http://receiver.example/', 'https://receiver.example/']) {
    const deliver = await bench.deliverTo(url);
    const reason = `No answer: the proxy 127.0.0.1:${proxy.port}: it refuses connections (ECONNREFUSED)`;
    expect(await deliver()).toMatchObject({ verdict: 'retry', fault: 'target', reason });
  }
});

it.each([
  [NAME, 'other.example'],
  [NAME, '127.0.0.1'],
  ['127.0.0.1', NAME],
])('says that the certificate of the receiver %s behind the proxy is not trusted: it is for %s', async (host, name) => {
  await startProxy();
  const receiver = await bench.receive({ protocol: 'h2', tls: trust.server(name) });
  for (const http2 of [true, false]) {
    const deliver = await bench.deliverTo(`https://${host}:${receiver.port}/`, { ca, http2 });
    expect(await deliver()).toMatchObject({
      reason: expect.stringContaining('No answer: its certificate cannot be trusted'),
    });
  }
  expect(receiver.requests).toEqual([]);
});

it.each([true, false])(
  'gives up a receiver that is silent in the tunnel, and leaves no connection to the proxy (HTTP/2: %s)',
  async (http2) => {
    await startProxy();
    const hellos: (() => void)[] = [];
    const begun = new Promise<void>((resolve) => hellos.push(() => {}, resolve));
    const silent = net.createServer((socket) => {
      socket.on('error', () => socket.destroy()).once('data', () => hellos.shift()?.());
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    bench.closeLater(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    const sink = await bench.open(`https://${NAME}:${port}/`, { ca, http2 });
    const stop = new AbortController();
    const { signal } = stop;
    const calls = [sink.checkHealth({ signal }), sink.deliver([message('msg_1')], { signal })];
    await begun;
    stop.abort(new Error('stopped'));
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
    await sink.close();
    await proxy.unused();
  },
);

it.each([true, false])(
  'gives up a proxy that says nothing, and leaves no connection to it (HTTP/2: %s)',
  async (http2) => {
    await startProxy({ isSilent: true });
    const sink = await bench.open(`https://${NAME}/`, { ca, http2 });
    const stop = new AbortController();
    const { signal } = stop;
    const calls = [sink.checkHealth({ signal }), sink.deliver([message('msg_1')], { signal })];
    await proxy.askedTimes(2);
    stop.abort(new Error('stopped'));
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
    await sink.close();
    await proxy.unused();
  },
);

it('refuses a link-local address though the proxy would look it up', async () => {
  await startProxy();
  await expect(bench.deliverTo('http://[fe80::1]/')).rejects.toMatchObject({ code: 'WEBHOOK_ADDRESS_REFUSED' });
});

it.each([true, false])('delivers again after the proxy reset the tunnel of a delivery (HTTP/2: %s)', async (http2) => {
  await startProxy();
  const receiver = await bench.receive({ protocol: 'h2', tls: trust.server(NAME) });
  const deliver = await bench.deliverTo(`https://${NAME}:${receiver.port}/`, { ca, http2 });
  expect(await deliver()).toEqual(ACCEPTED);
  receiver.behave((response) => receiver.requests.length > 2 && response.writeHead(204).end());
  const cut = deliver();
  await receiver.received(2);
  proxy.reset();
  /** Over a kept connection of HTTP/1.1 it is sent again at once. */
  expect(await cut).toMatchObject(http2 ? { verdict: 'retry', fault: 'target' } : ACCEPTED);
  expect(await deliver()).toEqual(ACCEPTED);
  proxy.reset();
  await proxy.unused();
});

it('looks at the proxy and the receiver behind it without a request', async () => {
  await startProxy();
  const receiver = await bench.receive({ protocol: 'h2', tls: trust.server(NAME) });
  const sink = await bench.open(`https://${NAME}:${receiver.port}/`, { ca });
  const [finding] = await sink.checkHealth({ signal: new AbortController().signal });
  const way = `through the proxy 127.0.0.1:${proxy.port}`;
  expect(finding?.what).toBe(`${NAME}:${receiver.port} (${way}) takes connections, TLSv1.3 and HTTP/2`);
  const plain = await bench.open(`http://${NAME}/`);
  const [first] = await plain.checkHealth({ signal: new AbortController().signal });
  expect(first).toMatchObject({
    level: 'pass',
    what: `The proxy 127.0.0.1:${proxy.port} to ${NAME}:80 takes connections`,
  });
  expect(receiver.requests).toEqual([]);
});
