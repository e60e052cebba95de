import { once } from 'node:events';
import { constants, type Http2ServerResponse, type ServerHttp2Session } from 'node:http2';
import type { OptionValue } from '@dbsync/core/contract';
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startStallingProxy } from '../../../test/harness/stalling-proxy.ts';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import type { ReceiverOptions, ReceiverResponse } from '../../../test/harness/webhook/webhook-receiver.ts';
import { message } from '../../../test/harness/webhook/webhook-target.ts';
import { createWebhookTrust } from '../../../test/harness/webhook/webhook-trust.ts';
import { createSink } from './index.js';

const { signal } = new AbortController();
const ACCEPTED = { verdict: 'accepted' };

const bench = createWebhookBench(createSink);
const trust = createWebhookTrust();
const { ca } = trust;
const tls = trust.server('127.0.0.1');
afterEach(bench.closeAll);
afterAll(trust.remove);

const receive = (options: ReceiverOptions = {}) =>
  bench.receive({ protocol: 'h2', ...options, tls: { ...tls, ...options.tls } });
const deliverTo = (url: string, options: Readonly<Record<string, OptionValue>> = {}) =>
  bench.deliverTo(url, { ca, ...options });

const sessionOf = (response: ReceiverResponse) =>
  (response as unknown as Http2ServerResponse).stream.session as ServerHttp2Session;

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

  it('takes an answer with more headers than Node.js takes by default', async () => {
    const receiver = await receive();
    const headers = Object.fromEntries(Array.from({ length: 1000 }, (_, nr) => [`x-${nr}`, 'value']));
    receiver.behave((response) => response.writeHead(200, headers).end());
    expect(await (await deliverTo(receiver.origin))()).toEqual(ACCEPTED);
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
      sessionOf(response).goaway();
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
    const sink = await bench.open(receiver.origin, { ca });
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

  it('falls back to HTTP/1.1 where the receiver requires that, and that is no attempt', async () => {
    const receiver = await receive();
    const deliver = await deliverTo(receiver.origin);
    receiver.behave((response, { httpVersion }) => {
      if (httpVersion === '1.1') response.end();
      else (response as unknown as Http2ServerResponse).stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED);
    });
    for (const id of ['msg_1', 'msg_2']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(receiver.requests.map(({ httpVersion }) => httpVersion)).toEqual(['2.0', '1.1', '1.1']);
  });

  it('falls back to HTTP/1.1 where the receiver ends the connection with that reason', async () => {
    const receiver = await receive();
    const deliver = await deliverTo(receiver.origin);
    receiver.behave((response, { httpVersion }) => {
      if (httpVersion === '1.1') response.end();
      else sessionOf(response).goaway(constants.NGHTTP2_HTTP_1_1_REQUIRED);
    });
    for (const id of ['msg_1', 'msg_2']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(receiver.requests.map(({ httpVersion }) => httpVersion)).toEqual(['2.0', '1.1', '1.1']);
  });

  it('gives up an idle connection whose pings are not answered, and no delivery with it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const receiver = await receive();
    const proxy = await startStallingProxy({ host: '127.0.0.1', port: receiver.port });
    bench.closeLater(proxy.close);
    const deliver = await deliverTo(`https://127.0.0.1:${proxy.port}`);
    const sessions: ServerHttp2Session[] = [];
    receiver.behave((response) => {
      sessions.push(sessionOf(response));
      response.end();
    });
    expect(await deliver('msg_1')).toEqual(ACCEPTED);
    const [session] = sessions;
    if (session === undefined) throw new Error('no connection');
    const pinged = once(session, 'ping');
    vi.advanceTimersByTime(30_000);
    await pinged;
    expect(await deliver('msg_2')).toEqual(ACCEPTED);
    expect(receiver.connections).toBe(1);
    proxy.stallAfter(0);
    const broken = once(session, 'close');
    vi.advanceTimersByTime(30_000);
    while (!proxy.isStalled()) await new Promise(setImmediate);
    vi.advanceTimersByTime(30_000);
    proxy.flow();
    await broken;
    expect(await deliver('msg_3')).toEqual(ACCEPTED);
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_2', 'msg_3']);
  });

  it('takes a new connection after a delivery without an answer, and lets the others on the old one end', async () => {
    const receiver = await receive();
    const sink = await bench.open(receiver.origin, { ca });
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
