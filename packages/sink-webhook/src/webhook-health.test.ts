import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { createAuthority } from '../../../test/harness/certificates.ts';
import { type ReceiverOptions, startReceiver } from '../../../test/harness/webhook-receiver.ts';
import { webhookTarget } from '../../../test/harness/webhook-target.ts';
import { createSink } from './index.js';
import { checkHealth } from './webhook-health.js';
import { readSettings } from './webhook-settings.js';

const { signal } = new AbortController();

const authority = createAuthority();
const folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-health-'));
const ca = join(folder, 'ca.pem');
writeFileSync(ca, authority.certificate);
const secrets = join(folder, 'secrets');
writeFileSync(secrets, `whsec_${'A'.repeat(40)}`, { mode: 0o600 });
const { certificate: cert, key } = authority.issue(['127.0.0.1']);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function receive(options: ReceiverOptions = {}) {
  const receiver = await startReceiver(options);
  closing.push(async () => {
    expect(receiver.requests).toEqual([]);
    await receiver.close();
  });
  return receiver;
}

async function check(...target: Parameters<typeof webhookTarget>) {
  const sink = createSink(webhookTarget(...target));
  await sink.open({ signal });
  closing.push(sink.close);
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
  const { origin, port } = await receive({ protocol: 'h2', tls: { cert, key } });
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
  const { origin, port } = await receive({ protocol: 'https', tls: { cert, key } });
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
  expect((await checkHealth(settings, dialling, null, signal)).map(({ what }) => what)).toEqual([
    expect.stringContaining('its name cannot be resolved'),
    'Deliveries are not encrypted',
    expect.stringContaining('not signed'),
  ]);
});

it('ends when it is called off, on a port that accepts and says nothing', async () => {
  const silent = net.createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  closing.push(async () => void silent.close());
  const { port } = silent.address() as net.AddressInfo;
  const sink = createSink(webhookTarget(`https://127.0.0.1:${port}/`));
  await sink.open({ signal });
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
  await sink.close();
});
