import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CommandRun, runCommand } from '../../../../test/harness/command/command-run.ts';
import { type ConnectProxy, startConnectProxy } from '../../../../test/harness/connect-proxy.ts';
import { type Receiver, startReceiver } from '../../../../test/harness/webhook/webhook-receiver.ts';
import { createWebhookTrust } from '../../../../test/harness/webhook/webhook-trust.ts';

const PASSWORD = 'pr0xy-p@ss/word';
let folder: string;
let simulator: Simulator;
let receiver: Receiver;
let proxy: ConnectProxy;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-proxy-'));
  simulator = await startSimulator({ contacts: 100 });
  receiver = await startReceiver();
  proxy = await startConnectProxy({ credentials: { user: 'dbsync', password: PASSWORD } });
});
afterEach(async () => {
  await proxy.close();
  await receiver.close();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

/** Runs webhook mode with the API and the receiver under names that only the proxy can resolve. */
function webhookMode(variables: Readonly<Record<string, string>>, ...argv: readonly string[]): CommandRun {
  const since = new Date(Date.now() - 2 * 86_400_000).toISOString();
  return runCommand(['--mode', 'webhook', '--json', '--verbose', '--since', since, ...argv], {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: `http://api.example:${new URL(simulator.url).port}`,
    DBSYNC_URL: `http://receiver.example:${receiver.port}/hook`,
    DBSYNC_STATE_DIR: join(folder, 'state'),
    DBSYNC_INTERVAL: '1',
    ...variables,
  });
}

it('asks the API and delivers through the proxy of the environment, and shows its credentials nowhere', async () => {
  using run = webhookMode({ HTTP_PROXY: proxy.url });
  await receiver.received(1);
  run.child.kill('SIGTERM');
  expect(await run.ended, run.stdout()).toBe(0);
  expect(proxy.asked.some((line) => line.startsWith('GET http://api.example:'))).toBe(true);
  expect(proxy.asked).toContain(`POST http://receiver.example:${receiver.port}/hook`);
  const written = run.stdout() + run.stderr() + run.logs();
  for (const text of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(written).not.toContain(text);
});

it('lets --proxy win over the environment, and tells one that refuses, without its credentials', async () => {
  proxy.refuse(407);
  using run = webhookMode({ HTTP_PROXY: 'http://127.0.0.1:1' }, '--proxy', proxy.url);
  await run.printed('API_PROXY_REFUSED');
  run.child.kill('SIGTERM');
  await run.ended;
  const written = run.stdout() + run.stderr() + run.logs();
  for (const text of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(written).not.toContain(text);
});

it('goes without a proxy to what NO_PROXY names, and where --proxy is empty', async () => {
  const direct = { DBSYNC_API_URL: simulator.url, DBSYNC_URL: receiver.origin, HTTP_PROXY: proxy.url };
  for (const [variables, argv] of [
    [{ ...direct, NO_PROXY: '127.0.0.0/8' }, []],
    [direct, ['--proxy', '']],
  ] as const) {
    using run = webhookMode(variables, ...argv, '--stream', `s${argv.length}`);
    await run.printed('"type":"cycle"');
    run.child.kill('SIGTERM');
    expect(await run.ended, run.stdout()).toBe(0);
  }
  expect(proxy.asked).toEqual([]);
});

it.each([
  [['--proxy', 'socks5://p:1'], 'CLI_PROXY_INVALID'],
  [['--api-ca', '/nowhere.pem'], 'CLI_FILE_UNREADABLE'],
])('refuses %j', async (argv, code) => {
  using run = webhookMode({}, ...argv);
  expect(await run.ended).toBe(2);
  expect(run.stdout()).toContain(code);
});

it('refuses a file of authorities that holds none', async () => {
  const file = join(folder, 'ca.pem');
  writeFileSync(file, '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n');
  using run = webhookMode({}, '--api-ca', file);
  expect(await run.ended).toBe(2);
  expect(run.stdout()).toContain('holds no certificates in PEM');
});

it('reaches a proxy over TLS whose certificate an authority of the machine signed', async () => {
  const trust = createWebhookTrust();
  const secure = await startConnectProxy({ tls: trust.server('127.0.0.1') });
  using untrusting = webhookMode({ HTTP_PROXY: secure.url });
  await untrusting.printed('API_CERTIFICATE_UNTRUSTED');
  untrusting.child.kill('SIGTERM');
  await untrusting.ended;
  using run = webhookMode({ HTTP_PROXY: secure.url, SSL_CERT_FILE: trust.ca }, '--stream', 'second');
  await receiver.received(1);
  run.child.kill('SIGTERM');
  expect(await run.ended, run.stdout()).toBe(0);
  expect(secure.asked).toContain(`POST http://receiver.example:${receiver.port}/hook`);
  await secure.close();
  trust.remove();
});

it('trusts the API by the authorities of the machine, or by those of --api-ca alone', async () => {
  const [machine, own] = [createWebhookTrust(), createWebhookTrust()];
  const api = await startReceiver({ protocol: 'https', tls: machine.server('127.0.0.1') });
  api.behave((response) => response.writeHead(401).end());
  for (const [argv, code] of [
    [[], 'API_TOKEN_REFUSED'],
    [['--api-ca', machine.ca], 'API_TOKEN_REFUSED'],
    [['--api-ca', own.ca], 'API_CERTIFICATE_UNTRUSTED'],
  ] as const) {
    using run = webhookMode({ DBSYNC_API_URL: api.origin, SSL_CERT_FILE: machine.ca }, ...argv);
    await run.printed(code);
    run.child.kill('SIGKILL');
  }
  await api.close();
  for (const { remove } of [machine, own]) remove();
});
