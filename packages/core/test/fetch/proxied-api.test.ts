import { afterAll, afterEach, expect, it } from 'vitest';
import { type ConnectProxyOptions, startConnectProxy } from '../../../../test/harness/connect-proxy.ts';
import { startReceiver } from '../../../../test/harness/webhook/webhook-receiver.ts';
import { createWebhookTrust } from '../../../../test/harness/webhook/webhook-trust.ts';
import { createHttpTransport } from '../../src/fetch/http-transport.ts';

const NAME = 'api.example';
const PATH = '/api/campaigns/C/fields/list';
const LIMITS = { idleMs: 60_000, deadlineMs: 60_000, maxAnswerBytes: 1_000 };
const credentials = { user: 'dbsync', password: 'p@ss:w0rd' };
const request = { path: 'fields/list', query: {} };
const { signal } = new AbortController();

const trust = createWebhookTrust();
const authorities = trust.authority;
afterAll(trust.remove);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** An API that answers `[]`, encrypted or not. */
async function startApi(protocol: 'http' | 'https', ...names: readonly string[]) {
  const api = await startReceiver({ protocol, tls: trust.server(...names) });
  closing.push(api.close);
  api.behave((response) => response.end('[]'));
  return api;
}

async function startProxy(options: ConnectProxyOptions = {}) {
  const proxy = await startConnectProxy(options);
  closing.push(proxy.close);
  return proxy;
}

function ask(apiUrl: string, options: { readonly proxy?: string; readonly authorities?: string | null }) {
  const transport = createHttpTransport({ apiUrl, campaign: 'C', token: 't', ...LIMITS, ...options });
  closing.push(transport.close);
  return transport.send(request, signal);
}

it.each([[{}], [{ credentials }]])('asks the API through a tunnel of a proxy with %j', async (options) => {
  const [api, proxy] = [await startApi('https', NAME), await startProxy(options)];
  const answer = await ask(`https://${NAME}:${api.port}`, { proxy: proxy.url, authorities });
  expect(answer).toMatchObject({ status: 200, text: '[]' });
  expect(proxy.asked).toEqual([`CONNECT ${NAME}:${api.port}`]);
  expect(api.requests).toMatchObject([{ path: PATH, headers: { authorization: 'Bearer t' } }]);
  expect(api.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
});

it('asks the proxy for the whole address where the API has no encryption', async () => {
  const [api, proxy] = [await startApi('http', NAME), await startProxy({ credentials })];
  expect(await ask(`http://${NAME}:${api.port}`, { proxy: proxy.url })).toMatchObject({ status: 200, text: '[]' });
  expect(proxy.asked).toEqual([`GET http://${NAME}:${api.port}${PATH}`]);
});

it.each([407, 403])('tells a proxy that answers %d from the API, without its credentials', async (status) => {
  const [api, proxy] = [await startApi('https', NAME), await startProxy({ credentials })];
  proxy.refuse(status);
  const where = `GET fields/list at ${NAME}:${api.port}`;
  await expect(ask(`https://${NAME}:${api.port}`, { proxy: proxy.url, authorities })).rejects.toMatchObject({
    code: 'API_PROXY_REFUSED',
    message: `${where} failed through the proxy 127.0.0.1:${proxy.port}: it answered ${status}.`,
  });
});

it('tells a proxy that is not there, and one that closes the tunnel', async () => {
  const proxy = await startProxy({ isSilent: true });
  const asked = ask(`https://${NAME}`, { proxy: proxy.url });
  asked.catch(() => {});
  await proxy.askedTimes(1);
  await proxy.close();
  await expect(asked).rejects.toMatchObject({ code: 'API_PROXY_UNREACHABLE' });
  for (const url of [`https://${NAME}`, `http://${NAME}`]) {
    await expect(ask(url, { proxy: proxy.url })).rejects.toMatchObject({
      code: 'API_PROXY_UNREACHABLE',
      message: expect.stringContaining(`no way to the proxy 127.0.0.1:${proxy.port} (ECONNREFUSED)`),
    });
  }
});

it.each<[string, string, string | null]>([
  ['an unknown authority signed it', '127.0.0.1', null],
  ['it is for another host', 'other.example', authorities],
])('tells a certificate that is not trusted, since %s', async (_, name, known) => {
  const [api, proxy] = [await startApi('https', name), await startProxy()];
  for (const options of [{}, { proxy: proxy.url }]) {
    await expect(ask(api.origin, { ...options, authorities: known })).rejects.toMatchObject({
      code: 'API_CERTIFICATE_UNTRUSTED',
      message: expect.stringMatching(/its certificate is not trusted \(\w+\)\.$/),
    });
  }
  expect(api.requests).toEqual([]);
});

it('trusts the authorities that were given', async () => {
  const api = await startApi('https', '127.0.0.1');
  expect(await ask(api.origin, { authorities })).toMatchObject({ status: 200 });
});
