import net from 'node:net';
import { afterAll, afterEach, expect, it } from 'vitest';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import type { ReceiverOptions } from '../../../test/harness/webhook/webhook-receiver.ts';
import { webhookTarget } from '../../../test/harness/webhook/webhook-target.ts';
import { createWebhookTrust } from '../../../test/harness/webhook/webhook-trust.ts';
import { createSink } from './index.js';
import { checkHealth } from './webhook-health.js';
import { readSettings } from './webhook-settings.js';

const { signal } = new AbortController();

const bench = createWebhookBench(createSink);
const trust = createWebhookTrust();
const { ca } = trust;
const tls = trust.server('127.0.0.1');
const secrets = trust.file('secrets', `whsec_${'A'.repeat(40)}`);
afterEach(bench.closeAll);
afterAll(trust.remove);

/** Starts a receiver that gets no request in the whole test. */
async function receive(options: ReceiverOptions = {}) {
  const receiver = await bench.receive(options);
  bench.closeLater(() => expect(receiver.requests).toEqual([]));
  return receiver;
}

async function check(...target: Parameters<typeof webhookTarget>) {
  const sink = await bench.open(...target);
  return (await sink.checkHealth({ signal })).map(({ level, what }) => `${level}: ${what}`);
}

it('looks at a plain receiver without a request', async () => {
  const { origin, port } = await receive();
  expect(await check(origin, { 'secret-file': secrets })).toEqual([
    `pass: 127.0.0.1:${port} (127.0.0.1) takes connections, without encryption`,
    'pass: Deliveries are signed with one secret',
  ]);
});

it('looks at protocol and certificate of an encrypted one', async () => {
  const { origin, port } = await receive({ protocol: 'h2', tls });
  const unsigned = 'warn: Deliveries are not signed, so the receiver cannot tell them from forged ones';
  const expiry = expect.stringMatching(/^warn: Its certificate is valid until \d{4}-\d\d-\d\d$/);
  expect(await check(origin, { ca })).toEqual([
    `pass: 127.0.0.1:${port} (127.0.0.1) takes connections, TLSv1.3 and HTTP/2`,
    expiry,
    unsigned,
  ]);
  const [first] = await check(origin, { ca, http2: false });
  expect(first).toBe(`pass: 127.0.0.1:${port} (127.0.0.1) takes connections, TLSv1.3 and HTTP/1.1`);
});

it('says what is wrong', async () => {
  const { origin, port } = await receive({ protocol: 'https', tls });
  expect((await check(origin))[0]).toMatch(
    new RegExp(`^fail: No connection to 127\\.0\\.0\\.1:${port}: its certificate cannot be trusted \\(\\w+\\)$`),
  );
  const plain = await receive();
  expect((await check(`https://127.0.0.1:${plain.port}/`))[0]).toMatch(
    /^fail: No connection .*: encryption with it failed/,
  );
  await plain.close();
  expect((await check(plain.origin))[0]).toMatch(/^fail: No connection .*: it refuses connections \(ECONNREFUSED\)$/);
});

it('warns of plain text to other hosts', async () => {
  const settings = readSettings(webhookTarget(`http://${'x'.repeat(64)}.invalid/`));
  const dialling = { host: settings.url.hostname, port: 80, lookup: undefined, secureContext: null };
  expect((await checkHealth(settings, dialling, 0, signal)).map(({ what }) => what)).toEqual([
    expect.stringContaining('its name cannot be resolved'),
    'Deliveries are not encrypted',
    expect.stringContaining('not signed'),
  ]);
});

it('ends when it is aborted, on a port that accepts and says nothing', async () => {
  const silent = net.createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => silent.close());
  const { port } = silent.address() as net.AddressInfo;
  const sink = await bench.open(`https://127.0.0.1:${port}/`);
  const stop = new AbortController();
  const broken = new Promise((resolve) => {
    silent.once('connection', (socket) => {
      socket.on('error', () => socket.destroy()).once('close', resolve);
      socket.resume();
      stop.abort(new Error('stopped'));
    });
  });
  await expect(sink.checkHealth({ signal: stop.signal })).rejects.toThrow('stopped');
  await broken;
});
