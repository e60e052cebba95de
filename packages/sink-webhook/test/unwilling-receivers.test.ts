import net from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import type { Receiver, ReceiverResponse } from '../../../test/harness/webhook/webhook-receiver.ts';
import { message } from '../../../test/harness/webhook/webhook-target.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();

const bench = createWebhookBench(createSink);
let receiver: Receiver;
beforeEach(async () => {
  receiver = await bench.receive();
});
afterEach(bench.closeAll);

function answer(statusCode: number, headers: Readonly<Record<string, string>> = {}, body = '') {
  receiver.behave((response) => {
    response.statusCode = statusCode;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(body);
  });
}

it('does not follow a redirect, and says where it points without what may be secret', async () => {
  const other = await bench.receive();
  answer(307, { location: `http://user:hunter2@127.0.0.1:${other.port}/T0KEN?key=k3y` });
  const deliver = await bench.deliverTo(`${receiver.origin}/hooks`);
  expect(await deliver()).toEqual({
    verdict: 'retry',
    reason: `HTTP 307 Temporary Redirect: it points to ${other.origin}, another path, and redirects are not followed`,
    answer: '',
    fault: 'setup',
  });
  expect(other.requests).toEqual([]);
});

it('gives a deleted contact up, with what was answered', async () => {
  answer(410);
  const deliver = await bench.deliverTo(receiver.origin);
  expect(await deliver()).toMatchObject({ verdict: 'gone', reason: 'HTTP 410 Gone' });
});

it('hands on how long it is to wait', async () => {
  const deliver = await bench.deliverTo(receiver.origin);
  answer(429, { 'retry-after': '7' });
  expect(await deliver()).toMatchObject({ verdict: 'retry', fault: 'target', retryAfterMs: 7_000 });
  const date = 'Mon, 02 Mar 2026 09:00:00 GMT';
  answer(503, { date, 'retry-after': 'Mon, 02 Mar 2026 09:01:30 GMT' });
  expect(await deliver()).toMatchObject({ verdict: 'retry', fault: 'target', retryAfterMs: 90_000 });
  answer(500, { 'retry-after': 'soon' });
  expect(await deliver()).not.toHaveProperty('retryAfterMs');
});

it('takes the status for the answer, though the body never ends or is cut', async () => {
  const deliver = await bench.deliverTo(receiver.origin);
  receiver.behave((response) => {
    response.statusCode = 200;
    response.write('slow');
  });
  expect(await deliver()).toEqual({ verdict: 'accepted' });
  receiver.behave((response) => {
    response.statusCode = 500;
    response.setHeader('content-length', '1000');
    response.write('half', () => response.destroy());
  });
  expect(await deliver()).toMatchObject({ reason: 'HTTP 500 Internal Server Error', answer: 'half' });
});

it('takes a status that came in time for the answer, though the time is over before the body has come', async () => {
  receiver.behave((response) => response.writeHead(201).write('slow'));
  const deliver = await bench.deliverTo(receiver.origin, { timeout: 0.3 });
  expect(await deliver()).toEqual({ verdict: 'accepted' });
});

it('reads no more of an answer than it needs', async () => {
  let written = 0;
  receiver.behave((response) => {
    response.statusCode = 400;
    const pour = () => {
      if (response.destroyed) return;
      written += 64 * 1024;
      response.write('x'.repeat(64 * 1024));
    };
    response.on('drain', pour);
    response.on('error', () => response.destroy());
    pour();
  });
  const deliver = await bench.deliverTo(receiver.origin);
  expect(await deliver()).toMatchObject({ reason: 'HTTP 400 Bad Request', answer: 'x'.repeat(2048) });
  expect(written).toBeLessThan(16 << 20);
});

it('hears a receiver that answers before it has read all', async () => {
  const hasty = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.pause();
      socket.end('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig');
    });
  });
  await new Promise<void>((resolve) => hasty.listen(0, '127.0.0.1', resolve));
  bench.closeLater(() => hasty.close());
  const sink = await bench.open(`http://127.0.0.1:${(hasty.address() as net.AddressInfo).port}/`);
  const long = message('msg_1', { contact: { $id: 'C1', text: 'x'.repeat(20_000_000) } });
  expect(await sink.deliver([long], { signal })).toMatchObject([
    { reason: 'HTTP 413 Payload Too Large', answer: 'big', fault: 'message' },
  ]);
});

it.each<[string, (response: ReceiverResponse) => void, string]>([
  [
    'breaks the connection',
    (response) => response.destroy(),
    'it closed the connection before it answered (ECONNRESET)',
  ],
  [
    'closes its side in the middle of the headers',
    (response) => (response.socket as net.Socket).end('HTTP/1.1 200 OK\r\nDate: '),
    'it closed the connection before it answered (ECONNRESET)',
  ],
  [
    'speaks something else',
    (response) => (response.socket as net.Socket).end('220 mail.example ESMTP\r\n'),
    'its answer is no HTTP (HTTP_ANSWER_INVALID)',
  ],
])('tries again later with a receiver that %s', async (_, behaviour, why) => {
  receiver.behave(behaviour);
  const deliver = await bench.deliverTo(receiver.origin);
  expect(await deliver()).toEqual({ verdict: 'retry', reason: `No answer: ${why}`, answer: '', fault: 'target' });
});

it('gives an attempt no longer than its time, from the connection to the answer', async () => {
  receiver.behave(() => {});
  const deliver = await bench.deliverTo(receiver.origin, { timeout: 0.2 });
  const verdict = { verdict: 'retry', reason: 'No answer: none came within 0.2 s', answer: '', fault: 'target' };
  expect(await deliver()).toEqual(verdict);
});

it('says what keeps it from a receiver', async () => {
  const { origin } = receiver;
  await receiver.close();
  expect(await (await bench.deliverTo(origin))()).toMatchObject({
    reason: 'No answer: it refuses connections (ECONNREFUSED)',
  });
  const nowhere = await bench.deliverTo(`http://${'x'.repeat(64)}.invalid/`);
  expect(await nowhere()).toMatchObject({
    fault: 'target',
    reason: expect.stringMatching(/^No answer: its name cannot be resolved \(E\w+\)$/),
  });
});

it('repeats at once what crossed the end of an idle connection, under the same id', async () => {
  const deliver = await bench.deliverTo(receiver.origin);
  expect(await deliver('msg_1')).toEqual({ verdict: 'accepted' });
  receiver.behave((response) => {
    receiver.behave((next) => next.end());
    response.destroy();
  });
  expect(await deliver('msg_2')).toEqual({ verdict: 'accepted' });
  expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_1', 'msg_2', 'msg_2']);
  expect(receiver.connections).toBe(2);
});

it('does so once, and never with a new connection', async () => {
  const deliver = await bench.deliverTo(receiver.origin);
  receiver.behave((response) => response.destroy());
  expect(await deliver()).toMatchObject({ verdict: 'retry' });
  expect(receiver.requests).toHaveLength(1);
  receiver.behave((response) => response.end());
  await deliver();
  receiver.behave((response) => response.destroy());
  expect(await deliver()).toMatchObject({ verdict: 'retry' });
  expect(receiver.requests).toHaveLength(4);
});

it('ends a request at once when it is aborted, and leaves its outcome open', async () => {
  receiver.behave(() => {});
  const sink = await bench.open(receiver.origin);
  const stop = new AbortController();
  const delivery = sink.deliver([message('msg_1')], { signal: stop.signal });
  await receiver.received(1);
  const [socket] = receiver.sockets;
  const broken = new Promise((resolve) => socket?.once('close', resolve));
  stop.abort(new Error('stopped'));
  await expect(delivery).rejects.toMatchObject({ code: 'WEBHOOK_ABORTED', verdict: 'retryable', outcome: 'unknown' });
  await broken;
  await expect(sink.deliver([message('msg_2')], { signal: stop.signal })).rejects.toMatchObject({
    code: 'WEBHOOK_ABORTED',
  });
  expect(receiver.requests).toHaveLength(1);
});
