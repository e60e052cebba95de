import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Http2ServerResponse, ServerHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { OptionValue } from '@dbsync/core/contract';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/harness/certificates.ts';
import {
  type Receiver,
  type ReceiverOptions,
  type ReceiverResponse,
  startReceiver,
} from '../../../test/harness/webhook-receiver.ts';
import { message, webhookTarget } from '../../../test/harness/webhook-target.ts';
import { createSink } from './index.js';

const { signal } = new AbortController();
const ACCEPTED = { verdict: 'accepted' };

const authority = createAuthority();
const folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-tls-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const ca = file('ca.pem', authority.certificate);
const { certificate: cert, key } = authority.issue(['127.0.0.1']);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function receive(options: ReceiverOptions = {}): Promise<Receiver> {
  const receiver = await startReceiver({ protocol: 'h2', ...options, tls: { cert, key, ...options.tls } });
  closing.push(receiver.close);
  return receiver;
}

async function openSink(url: string, options: Readonly<Record<string, OptionValue>> = { ca }) {
  const sink = createSink(webhookTarget(url, options));
  await sink.open({ signal });
  closing.push(sink.close);
  return sink;
}

async function deliverTo(...target: Parameters<typeof openSink>) {
  const sink = await openSink(...target);
  return async (id = 'msg_1') => (await sink.deliver([message(id)], { signal }))[0];
}

describe('HTTP/2', () => {
  it('is spoken with who offers it: many deliveries at a time over one connection', async () => {
    const receiver = await receive();
    const deliver = await deliverTo(`${receiver.origin}/a%2Fb?c=d`);
    const held: (() => void)[] = [];
    receiver.behave((response) => held.push(() => response.end('ok')) === 20 && held.map((release) => release()));
    const ids = Array.from({ length: 20 }, (_, nr) => `msg_${nr}`);
    expect(await Promise.all(ids.map(deliver))).toEqual(ids.map(() => ACCEPTED));
    expect(receiver.connections).toBe(1);
    expect(receiver.requests[0]).toMatchObject({ method: 'POST', path: '/a%2Fb?c=d', httpVersion: '2.0' });
    expect(receiver.requests[0]?.headers).toMatchObject({
      ':authority': `127.0.0.1:${receiver.port}`,
      'content-type': 'application/json',
      'content-length': String(receiver.requests[0]?.body.length),
      'user-agent': 'dbsync',
      'webhook-id': 'msg_0',
    });
  });

  it('waits where the receiver takes fewer at a time', async () => {
    const receiver = await receive({
      tls: { settings: { maxConcurrentStreams: 2 } } as ReceiverOptions['tls'] & object,
    });
    let [open, most] = [0, 0];
    receiver.behave((response) => {
      most = Math.max(most, ++open);
      setImmediate(() => response.end(() => open--));
    });
    const deliver = await deliverTo(receiver.origin);
    await deliver('msg_0');
    await Promise.all(Array.from({ length: 10 }, (_, nr) => deliver(`msg_${nr}`)));
    expect(receiver.requests).toHaveLength(11);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('answers like HTTP/1.1', async () => {
    const receiver = await receive();
    const deliver = await deliverTo(receiver.origin);
    receiver.behave((response) => {
      response.statusCode = 503;
      response.setHeader('retry-after', '3');
      response.end('down');
    });
    expect(await deliver()).toEqual({
      verdict: 'retry',
      reason: 'HTTP 503 Service Unavailable',
      answer: 'down',
      fault: 'target',
      retryAfterMs: 3_000,
    });
    receiver.behave((response) => (response as unknown as Http2ServerResponse).stream.close(2));
    expect(await deliver()).toMatchObject({
      fault: 'target',
      reason: 'No answer: HTTP/2 with it failed (ERR_HTTP2_STREAM_ERROR)',
    });
  });

  it('goes on over a new connection when the receiver ends the old one, without a failure', async () => {
    const receiver = await receive();
    const deliver = await deliverTo(receiver.origin);
    receiver.behave((response) => {
      response.end();
      ((response as unknown as Http2ServerResponse).stream.session as ServerHttp2Session).goaway();
    });
    for (const id of ['msg_1', 'msg_2', 'msg_3']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(receiver.connections).toBe(3);
  });

  it('notices that the receiver has closed an idle connection', async () => {
    const receiver = await receive();
    const deliver = await deliverTo(receiver.origin);
    expect(await deliver()).toEqual(ACCEPTED);
    const [socket] = receiver.sockets;
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    socket?.end();
    await closed;
    expect(await deliver()).toEqual(ACCEPTED);
    expect(receiver.connections).toBe(2);
  });

  it('ends with the sink', async () => {
    const receiver = await receive();
    const sink = await openSink(receiver.origin);
    await sink.deliver([message('msg_1')], { signal });
    const [socket] = receiver.sockets;
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    await sink.close();
    await closed;
  });

  it('repeats at once what the receiver refused to look at, once', async () => {
    const receiver = await receive();
    const deliver = await deliverTo(receiver.origin);
    const refuse = (response: unknown) => (response as unknown as Http2ServerResponse).stream.close(7);
    receiver.behave((response) => {
      receiver.behave((next) => next.end());
      refuse(response);
    });
    expect(await deliver('msg_1')).toEqual(ACCEPTED);
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_1']);
    receiver.behave(refuse);
    expect(await deliver('msg_2')).toMatchObject({ verdict: 'retry', fault: 'target' });
    expect(receiver.requests).toHaveLength(4);
  });

  it('takes a new connection after a delivery without an answer, and lets the others on the old one end', async () => {
    const receiver = await receive();
    const sink = await openSink(receiver.origin);
    const stop = new AbortController();
    const responses: ReceiverResponse[] = [];
    receiver.behave((response) => responses.push(response));
    const first = sink.deliver([message('msg_1')], { signal: stop.signal });
    await receiver.received(1);
    const second = sink.deliver([message('msg_2')], { signal });
    await receiver.received(2);
    stop.abort();
    await expect(first).rejects.toMatchObject({ code: 'WEBHOOK_ABORTED' });
    receiver.behave((response) => response.end());
    expect(await sink.deliver([message('msg_3')], { signal })).toEqual([ACCEPTED]);
    expect(receiver.connections).toBe(2);
    responses[1]?.end();
    expect(await second).toEqual([ACCEPTED]);
  });

  it('is left again when the next receiver on that port does not speak it', async () => {
    const first = await receive();
    const deliver = await deliverTo(first.origin);
    expect(await deliver()).toEqual(ACCEPTED);
    await first.close();
    expect(await deliver()).toMatchObject({ verdict: 'retry', fault: 'target' });
    const second = await receive({ protocol: 'https', port: first.port });
    expect(await deliver()).toEqual(ACCEPTED);
    expect(second.requests[0]?.httpVersion).toBe('1.1');
    await second.close();
    expect(await deliver()).toMatchObject({ verdict: 'retry' });
    const third = await receive({ port: first.port });
    expect(await deliver()).toEqual(ACCEPTED);
    expect(third.requests[0]?.httpVersion).toBe('2.0');
  });
});

describe('HTTP/1.1 on https', () => {
  it.each<[string, ReceiverOptions, Readonly<Record<string, OptionValue>>]>([
    ['the receiver offers nothing else', { protocol: 'https' }, { ca }],
    ['that is wanted', { protocol: 'h2' }, { ca, http2: false }],
  ])('is spoken when %s, over a kept connection', async (_, options, sinkOptions) => {
    const receiver = await receive(options);
    const deliver = await deliverTo(receiver.origin, sinkOptions);
    for (const id of ['msg_1', 'msg_2', 'msg_3']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(new Set(receiver.requests.map(({ httpVersion }) => httpVersion))).toEqual(new Set(['1.1']));
    expect(receiver.sockets.size).toBe(1);
  });
});

describe('trust', () => {
  const stranger = file('stranger.pem', createAuthority('Somebody else').certificate);

  it.each<[string, string, Readonly<Record<string, OptionValue>>, RegExp]>([
    ['somebody else signed it', '127.0.0.1', { ca: stranger }, /certificate cannot be trusted \(\w+\)$/],
    ['nobody known signed it', '127.0.0.1', {}, /certificate cannot be trusted \(\w+\)$/],
    ['it is for another host', 'localhost', { ca }, /certificate cannot be trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)$/],
  ])('is not given to a certificate when %s', async (_, host, options, why) => {
    for (const http2 of [true, false]) {
      const receiver = await receive();
      const deliver = await deliverTo(`https://${host}:${receiver.port}/`, { ...options, http2 });
      expect(await deliver()).toMatchObject({ verdict: 'retry', fault: 'target', reason: expect.stringMatching(why) });
      expect(receiver.requests).toEqual([]);
    }
  });

  it('is given by the receiver to a client certificate', async () => {
    const receiver = await receive({ tls: { requestCert: true, rejectUnauthorized: true, ca: authority.certificate } });
    const own = authority.issue(['dbsync']);
    const options = { ca, cert: file('client.pem', own.certificate), key: file('client.key', own.key) };
    for (const http2 of [true, false]) {
      const deliver = await deliverTo(receiver.origin, { ...options, http2 });
      expect(await deliver()).toEqual(ACCEPTED);
      const without = await deliverTo(receiver.origin, { ca, http2 });
      expect(await without()).toMatchObject({ verdict: 'retry', fault: 'target' });
    }
    expect([...receiver.sockets].filter((socket) => (socket as TLSSocket).authorized === false)).toEqual([]);
  });

  it.each([
    ['ca', { ca: join(folder, 'nowhere.pem') }, 'nowhere.pem'],
    ['cert', { cert: join(folder, 'nowhere.pem'), key: ca }, 'nowhere.pem'],
    ['a key that is none', { cert: ca, key: ca }, 'no PEM file that TLS can use'],
  ])('needs files that can be used: %s', async (_, options, words) => {
    const sink = createSink(webhookTarget('https://receiver.example/', options));
    await expect(sink.open({ signal })).rejects.toMatchObject({
      code: 'WEBHOOK_OPTION_INVALID',
      verdict: 'fatal',
      message: expect.stringContaining(words),
    });
  });
});
