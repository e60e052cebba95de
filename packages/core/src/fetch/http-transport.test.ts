import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { type ScriptedApi, startScriptedApi } from '../../../../test/harness/scripted-api.ts';
import { createHttpTransport, type Transfer } from './http-transport.js';

const MINUTE_MS = 60_000;
const LIMITS = { idleMs: MINUTE_MS, deadlineMs: 10 * MINUTE_MS, maxAnswerBytes: 1_000 };
const request = { path: 'fields/list', query: {} };
const { signal } = new AbortController();

/** A transport on a clock that stands still, and the response to its request, in the hands of the test. */
async function startRequest(transfer: Transfer = {}, maxAnswerBytes = LIMITS.maxAnswerBytes) {
  const arrived = Promise.withResolvers<ServerResponse>();
  const api: ScriptedApi = await startScriptedApi(() => ({ respond: arrived.resolve }));
  onTestFinished(() => api[Symbol.asyncDispose]());
  const clock = createDrivenClock();
  const transport = createHttpTransport({
    apiUrl: api.url,
    campaign: 'C',
    token: 't',
    clock,
    ...LIMITS,
    maxAnswerBytes,
  });
  onTestFinished(() => transport.close());
  let pieces = 0;
  let onPiece = () => {};
  const onBytes = (bytes: number) => {
    pieces++;
    onPiece();
    return transfer.onBytes?.(bytes);
  };
  const answer = transport.send(request, signal, { ...transfer, onBytes });
  answer.catch(() => undefined);
  const response = await arrived.promise;
  const send = async (text: string) => {
    const before = pieces;
    response.write(text);
    if (pieces === before) await new Promise<void>((resolve) => (onPiece = resolve));
  };
  return { clock, answer, response, send };
}

it('takes an answer that goes on to arrive, though it takes longer than the wait for a byte', async () => {
  const { clock, answer, response, send } = await startRequest();
  for (const piece of ['[', '1', ',', '2', ']']) {
    await send(piece);
    await clock.pass(50_000);
  }
  response.end();
  expect(await answer).toMatchObject({ status: 200, text: '[1,2]', bytes: 5 });
});

it.each<[string, Transfer, number]>([
  ['a minute', {}, MINUTE_MS],
  ['as long as the request may', { idleMs: 10_000 }, 10_000],
])('calls an answer off that brings no byte for %s, and says that it was late', async (_what, transfer, waitMs) => {
  const { clock, answer, send } = await startRequest(transfer);
  await send('[');
  await clock.pass(waitMs);
  await expect(answer).rejects.toMatchObject({ code: 'API_UNREACHABLE', isTimeout: true });
  await expect(answer).rejects.toThrow(`sent nothing for ${waitMs} ms`);
});

it('calls an answer off that drips for longer than any answer may take', async () => {
  const { clock, answer, send } = await startRequest();
  for (let minute = 0; minute < 10; minute++) {
    await send(' ');
    await clock.pass(MINUTE_MS - 1);
  }
  await clock.pass(10);
  await expect(answer).rejects.toMatchObject({ isTimeout: true });
});

it('reads no further while its listener holds it up, and does not count that time', async () => {
  const held = Promise.withResolvers<void>();
  const { clock, answer, response, send } = await startRequest({ onBytes: () => held.promise });
  await send('[');
  await clock.pass(30 * MINUTE_MS);
  response.end(']');
  held.resolve();
  expect(await answer).toMatchObject({ text: '[]' });
});

it('tells other failures apart from late answers', async () => {
  const { answer, response } = await startRequest();
  response.destroy();
  await expect(answer).rejects.toMatchObject({ code: 'API_UNREACHABLE', isTimeout: false });
});

it('calls an answer off that unpacks to more than it may have, and reads no further', async () => {
  const { answer, response } = await startRequest();
  response.setHeader('content-encoding', 'gzip');
  response.write(gzipSync(Buffer.alloc(50_000_000, '[],')));
  await expect(answer).rejects.toMatchObject({ code: 'API_ANSWER_TOO_LARGE' });
  await once(response, 'close');
});

it('takes the status of a failure, and the beginning of its text, however long that is', async () => {
  const { answer, response } = await startRequest({}, 10_000_000);
  response.statusCode = 500;
  response.write('\u00e9'.repeat(1_000_000));
  expect(await answer).toMatchObject({ status: 500 });
  expect((await answer).bytes).toBeLessThan(100_000);
  await once(response, 'close');
});

it('takes an answer with 64 kB of headers', async () => {
  const { answer, response } = await startRequest();
  response.setHeader('x-policy', 'x'.repeat(65_536));
  response.end('[]');
  expect(await answer).toMatchObject({ status: 200, text: '[]' });
});
