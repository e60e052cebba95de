import net, { type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { SinkNotice } from '@dbsync/core/contract';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import { message } from '../../../test/harness/webhook/webhook-target.ts';
import { createWebhookTrust } from '../../../test/harness/webhook/webhook-trust.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();
const MINUTE_MS = 60_000;

let notices: SinkNotice[];
/** Collects notices. Each start warns that nothing is signed; this test is not about that. */
const hear = (notice: SinkNotice) => void (notice.code === 'WEBHOOK_NOT_SIGNED' || notices.push(notice));
const bench = createWebhookBench((target) => createSink({ ...target, notify: hear }));
const trust = createWebhookTrust();
const { ca } = trust;
const tls = trust.server('127.0.0.1');
beforeEach(() => {
  notices = [];
});
afterEach(bench.closeAll);
afterAll(trust.remove);

/**
 * Starts a server that answers the first message of TLS with a fatal alert of this number, like one that refuses a
 * certificate.
 */
async function startAlerting(alert: number): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const REFUSED = 'it does not accept the certificate of dbsync';

it.each([
  ['bad_certificate', 42, REFUSED],
  ['unsupported_certificate', 43, REFUSED],
  ['certificate_revoked', 44, REFUSED],
  ['certificate_expired', 45, REFUSED],
  ['certificate_unknown', 46, REFUSED],
  ['unknown_ca', 48, REFUSED],
  ['access_denied', 49, REFUSED],
  ['certificate_required', 116, 'it demands a certificate of dbsync, and none was given'],
  ['handshake_failure', 40, 'encryption with it failed'],
])('takes the alert %s for what it is about', async (_, alert, words) => {
  const url = await startAlerting(alert);
  for (const http2 of [true, false]) {
    const deliver = await bench.deliverTo(url, { ca, http2 });
    const verdict = await deliver();
    expect(verdict).toMatchObject({
      fault: 'target',
      reason: expect.stringContaining(`No answer: ${words} (ERR_SSL_`),
    });
  }
  const sink = await bench.open(url, { ca });
  const [finding] = await sink.checkHealth({ signal });
  expect(finding?.what).toContain(words);
  if (words === REFUSED) expect(finding?.remedy).toContain('a certificate that the receiver accepts');
});

it('tells once that the clocks are more than 5 minutes apart', async () => {
  const receiver = await bench.receive();
  let offMs = 4 * MINUTE_MS;
  receiver.behave((response) => {
    response.setHeader('date', new Date(Date.now() + offMs).toUTCString());
    response.end();
  });
  const sink = await bench.open(receiver.origin);
  const deliver = () => sink.deliver([message('msg_1')], { signal });
  await deliver();
  expect(notices).toEqual([]);
  offMs = 12 * MINUTE_MS;
  await deliver();
  await deliver();
  expect(notices).toMatchObject([
    {
      level: 'warn',
      code: 'WEBHOOK_CLOCK_OFF',
      message: expect.stringContaining('is 12 minutes behind that of the receiver'),
    },
  ]);
});

const TEXT = 'no such campaign: Łódź. '.repeat(400);

it.each([
  ['gzip', gzipSync(TEXT)],
  ['GZIP', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['identity', Buffer.from(TEXT)],
])('keeps an answer that came as %s as text', async (encoding, body) => {
  for (const protocol of ['http', 'h2'] as const) {
    const receiver = await bench.receive({ protocol, tls });
    receiver.behave((response) => {
      response.writeHead(422, { 'content-encoding': encoding });
      response.end(body);
    });
    const deliver = await bench.deliverTo(receiver.origin, protocol === 'h2' ? { ca } : {});
    expect(await deliver()).toMatchObject({ verdict: 'retry', answer: TEXT.slice(0, 2_048) });
  }
});

it('keeps the beginning of a packed answer that is long, and one that is not packed as it says', async () => {
  const receiver = await bench.receive();
  const noise = Array.from({ length: 20_000 }, (_, at) => String.fromCharCode(33 + ((at * at * 31) % 89))).join('');
  receiver.behave((response, { headers }) => {
    response.writeHead(422, { 'content-encoding': 'gzip' });
    response.end(headers['webhook-id'] === 'msg_1' ? gzipSync(noise, { level: 1 }) : 'plain words');
  });
  const deliver = await bench.deliverTo(receiver.origin);
  expect(await deliver('msg_1')).toMatchObject({ answer: noise.slice(0, 2_048) });
  expect(await deliver('msg_2')).toMatchObject({ answer: 'plain words' });
});

it('replaces half a surrogate pair by U+FFFD where that is asked for, and nothing else', async () => {
  const receiver = await bench.receive();
  const contact = { $id: 'C1', 'key\udc00': 'a\ud83d b\udc00', pair: '😀', spelled: '\\ud83d', quote: '"\n\u0001' };
  const replaced = { $id: 'C1', 'key\ufffd': 'a\ufffd b\ufffd', pair: '😀', spelled: '\\ud83d', quote: '"\n\u0001' };
  for (const [option, expected] of [
    ['escape', contact],
    ['replace', replaced],
  ] as const) {
    const sink = await bench.open(receiver.origin, { 'lone-surrogates': option });
    await sink.deliver([message('msg_1', { contact })], { signal });
    expect(JSON.parse(receiver.requests.at(-1)?.body ?? '').contact).toEqual(expected);
  }
  expect(receiver.requests[0]?.body).toContain('\\ud83d b\\udc00');
});
