import type { OptionValue } from '@dbsync/core/contract';
import { afterAll, afterEach, expect, it } from 'vitest';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import { createWebhookTrust } from '../../../test/harness/webhook/webhook-trust.ts';
import { createSink } from './index.js';

const bench = createWebhookBench(createSink);
const [trust, stranger] = [createWebhookTrust(), createWebhookTrust()];
const { ca } = trust;
const tls = trust.server('127.0.0.1');
afterEach(bench.closeAll);
afterAll(() => {
  trust.remove();
  stranger.remove();
});

/** Both ways to make the connection: with the offer of HTTP/2, and without. */
const BOTH = [true, false];

it.each<[string, string, Readonly<Record<string, OptionValue>>, RegExp]>([
  ['another authority signed it', '127.0.0.1', { ca: stranger.ca }, /certificate cannot be trusted \(\w+\)$/],
  ['no known authority signed it', '127.0.0.1', {}, /certificate cannot be trusted \(\w+\)$/],
  ['it is for another host', 'localhost', { ca }, /certificate cannot be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)$/],
])('trusts no certificate when %s', async (_, host, options, why) => {
  for (const http2 of BOTH) {
    const receiver = await bench.receive({ protocol: 'h2', tls });
    const deliver = await bench.deliverTo(`https://${host}:${receiver.port}/`, { ...options, http2 });
    expect(await deliver()).toMatchObject({ verdict: 'retry', fault: 'target', reason: expect.stringMatching(why) });
    expect(receiver.requests).toEqual([]);
  }
});

it.each(['localhost', '127.0.0.2'])('trusts no certificate for %s at another IP address', async (name) => {
  const receiver = await bench.receive({ protocol: 'h2', tls: trust.server(name) });
  for (const http2 of BOTH) {
    const deliver = await bench.deliverTo(receiver.origin, { ca, http2 });
    expect(await deliver()).toMatchObject({ reason: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') });
  }
  expect(receiver.requests).toEqual([]);
});

it('shows its own certificate to a receiver that asks for one', async () => {
  const receiver = await bench.receive({ protocol: 'h2', tls: { ...tls, ...trust.demand } });
  for (const http2 of BOTH) {
    const deliver = await bench.deliverTo(receiver.origin, { ca, ...trust.client(), http2 });
    expect(await deliver()).toEqual({ verdict: 'accepted' });
    const without = await bench.deliverTo(receiver.origin, { ca, http2 });
    expect(await without()).toMatchObject({ verdict: 'retry', fault: 'target' });
  }
  expect(receiver.requests).toHaveLength(2);
});

it.each<[string, Readonly<Record<string, OptionValue>>, string]>([
  ['an authority that is not there', { ca: `${ca}.none` }, 'ca.pem.none'],
  ['a certificate that is not there', { cert: `${ca}.none`, key: ca }, 'ca.pem.none'],
  ['a key that is none', { cert: ca, key: ca }, 'no PEM file that TLS can use'],
])('refuses %s', async (_, options, words) => {
  await expect(bench.open('https://receiver.example/', options)).rejects.toMatchObject({
    code: 'WEBHOOK_OPTION_INVALID',
    verdict: 'fatal',
    message: expect.stringContaining(words),
  });
});
