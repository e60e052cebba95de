import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startRawReceiver } from '../../../test/harness/webhook/raw-receiver.ts';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import { createSink } from '../src/index.ts';

const ACCEPTED = { verdict: 'accepted' };
const PLAIN = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const REFUSED = 'HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n';

const bench = createWebhookBench(createSink);
afterEach(bench.closeAll);

async function receive(respond: (socket: Socket, request: number) => void) {
  const receiver = await startRawReceiver(respond);
  bench.closeLater(receiver.close);
  return { receiver, deliver: await bench.deliverTo(receiver.origin, { timeout: 5 }) };
}

describe('an answer that is odd, but clear, counts as curl counts it, and its connection ends', () => {
  it.each<[string, string]>([
    ['lines that end in a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok'],
    ['a header folded into further lines', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\tc\r\nContent-Length: 2\r\n\r\nok'],
    ['blanks before a colon', 'HTTP/1.1 200 OK\r\nX : a\r\nContent-Length : 2\r\n\r\nok'],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['the same length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['a name that is none', 'HTTP/1.1 200 OK\r\nX (y): a\r\nContent-Length: 2\r\n\r\nok'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok'],
    ['small letters', 'http/1.0 200 ok\r\n\r\nok'],
    ['chunks that are none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nok'],
    ['a byte too many in a chunk', `${CHUNKED}2\r\nokX\n0\r\n\r\n`],
    ['chunks that end in a bare LF', `${CHUNKED}2\nok\n0\n\n`],
    ['a last chunk that ends in a bare LF', `${CHUNKED}2\r\nok\r\n0\r\n\n`],
    ['a negative size of a chunk', `${CHUNKED}-2\r\nok\r\n0\r\n\r\n`],
    ['a size of a chunk that no number holds', `${CHUNKED}${'f'.repeat(40)}\r\nok\r\n0\r\n\r\n`],
    ['chunks of chunks', `${CHUNKED.replace('chunked', 'chunked, chunked')}2\r\nok\r\n0\r\n\r\n`],
    [
      'chunks in HTTP/1.0',
      `${CHUNKED.replace('1.1 200 OK', '1.0 200 OK\r\nConnection: keep-alive')}2\r\nok\r\n0\r\n\r\n`,
    ],
    ['a CR in the middle of a line', 'HTTP/1.1 200 OK\r\nX: a\rContent-Length: 0\r\nContent-Length: 2\r\n\r\nok'],
    ['a body where there is none', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok'],
    ['more than it announced', `${PLAIN}<html>`],
    ['a second answer', `${PLAIN}HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n`],
  ])('%s', async (_, answer) => {
    const { receiver, deliver } = await receive((socket) => socket.write(answer, 'latin1'));
    for (const id of ['msg_1', 'msg_2']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(receiver.ids).toEqual(['msg_1', 'msg_2']);
    expect(receiver.connections).toBe(2);
  });
});

describe('an answer that HTTP allows leaves its connection for the next delivery', () => {
  it.each<[string, string]>([
    ['no reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'],
    ['64 kB of headers', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(65_536)}\r\nContent-Length: 2\r\n\r\nok`],
    ['3000 headers', `HTTP/1.1 200 OK\r\n${'X-Name: value\r\n'.repeat(3000)}Content-Length: 2\r\n\r\nok`],
    [
      'chunks with extensions, and trailers',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a="b"\r\no\r\n1\r\nk\r\n0\r\nX: a\r\n\r\n',
    ],
    [
      'informational answers before it',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${PLAIN}`,
    ],
    ['HTTP/1.0 that keeps it', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok'],
  ])('%s', async (_, answer) => {
    const { receiver, deliver } = await receive((socket) => socket.write(answer, 'latin1'));
    for (const id of ['msg_1', 'msg_2']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(receiver.connections).toBe(1);
  });
});

describe('bytes that are left over from an answer', () => {
  it('cost an idle connection, and no delivery', async () => {
    const sockets: Socket[] = [];
    const { receiver, deliver } = await receive((socket) => sockets.push(socket) && socket.write(PLAIN));
    expect(await deliver('msg_1')).toEqual(ACCEPTED);
    const [idle] = sockets;
    if (idle === undefined) throw new Error('no connection');
    const broken = once(idle, 'close');
    idle.write('HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n');
    await broken;
    expect(await deliver('msg_2')).toEqual(ACCEPTED);
    expect(receiver.ids).toEqual(['msg_1', 'msg_2']);
  });

  it('send a delivery that meets them out again at once, over a fresh connection', async () => {
    const { receiver, deliver } = await receive((socket, nr) => socket.write(nr === 2 ? '</html>' : PLAIN));
    for (const id of ['msg_1', 'msg_2', 'msg_3']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(receiver.ids).toEqual(['msg_1', 'msg_2', 'msg_2', 'msg_3']);
    expect(receiver.connections).toBe(2);
  });

  it('are never the answer to another delivery', async () => {
    const { deliver } = await receive((socket, nr) => socket.write(nr === 1 ? PLAIN + PLAIN : REFUSED));
    expect(await deliver('msg_1')).toEqual(ACCEPTED);
    expect(await deliver('msg_2')).toMatchObject({ verdict: 'retry', reason: 'HTTP 422 Unprocessable Entity' });
  });

  it.each<[string, number]>([
    [PLAIN, 4],
    ['\r\n', 2],
    ['HTTP/1.0 408 Request Time-out\r\nConnection: close\r\n\r\n', 2],
  ])('have each later delivery go over a connection of its own, if they are an answer: %j', async (leftOver, count) => {
    const { receiver, deliver } = await receive((socket, nr) => socket.write(nr === 1 ? PLAIN + leftOver : PLAIN));
    for (const id of ['msg_1', 'msg_2', 'msg_3', 'msg_4']) expect(await deliver(id)).toEqual(ACCEPTED);
    expect(receiver.connections).toBe(count);
    expect(receiver.heads.at(-1)).toMatch(count === 4 ? /^connection: close$/m : /^connection: keep-alive$/m);
  });

  it('are not the answer to a delivery that begins before they are read', async () => {
    const sockets: Socket[] = [];
    const { receiver, deliver } = await receive((socket, nr) => {
      sockets.push(socket);
      socket.write(nr === 1 ? PLAIN : REFUSED);
    });
    expect(await deliver('msg_1')).toEqual(ACCEPTED);
    /** The system has these bytes before the delivery begins, with no turn of the event loop between. */
    sockets[0]?.write(PLAIN);
    expect(await deliver('msg_2')).toMatchObject({ verdict: 'retry', reason: 'HTTP 422 Unprocessable Entity' });
    expect(receiver.ids).toEqual(['msg_1', 'msg_2']);
    expect(receiver.connections).toBe(2);
  });
});

it('takes 101 for what it is: a fault of the target, not of the message', async () => {
  const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
  const { deliver } = await receive((socket) => socket.write(upgrade));
  const verdict = { verdict: 'retry', reason: 'HTTP 101 Switching Protocols', answer: '', fault: 'target' };
  for (const id of ['msg_1', 'msg_2']) expect(await deliver(id)).toEqual(verdict);
});

it.each<[string, string, string]>([
  [
    'never ends its headers',
    `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(140_000)}`,
    'the headers of its answer are too long (HTTP_HEAD_TOO_LARGE)',
  ],
  ['has a line without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n', 'its answer is no HTTP (HTTP_ANSWER_INVALID)'],
  ['has no status', 'HTTP/1.1 OK\r\n\r\n', 'its answer is no HTTP (HTTP_ANSWER_INVALID)'],
])('has no answer from a receiver that %s', async (_, answer, why) => {
  const { deliver } = await receive((socket) => socket.write(answer));
  expect(await deliver()).toEqual({ verdict: 'retry', reason: `No answer: ${why}`, answer: '', fault: 'target' });
});

it('closes an idle connection a second before the receiver does', async () => {
  const answer = 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n';
  const { receiver, deliver } = await receive((socket) => socket.write(answer));
  for (const id of ['msg_1', 'msg_2']) expect(await deliver(id)).toEqual(ACCEPTED);
  expect(receiver.connections).toBe(2);
});
