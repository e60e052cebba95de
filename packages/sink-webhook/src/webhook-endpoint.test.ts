import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson, digits, type Json } from '@dbsync/core/contract';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import { schemaFaults } from '../../../test/harness/webhook/webhook-delivery.ts';
import type { Receiver } from '../../../test/harness/webhook/webhook-receiver.ts';
import { message } from '../../../test/harness/webhook/webhook-target.ts';
import { createSink } from './index.js';

const { signal } = new AbortController();
const ACCEPTED = [{ verdict: 'accepted' }];

const bench = createWebhookBench(createSink);
const { open } = bench;
let receiver: Receiver;
let folder: string;
beforeEach(async () => {
  receiver = await bench.receive();
  folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-'));
});
afterEach(async () => {
  for (const { body } of receiver.requests) expect(schemaFaults(body)).toEqual([]);
  await bench.closeAll();
  rmSync(folder, { recursive: true });
});

function secretFile(...secrets: readonly string[]): string {
  const file = join(folder, 'secrets');
  writeFileSync(file, secrets.join('\n'), { mode: 0o600 });
  return file;
}

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** Parses JSON with every number as its own text. */
function parseWithDigits(text: string): Json {
  const keepDigits = (_: string, value: Json, context?: { source?: string }) =>
    typeof value === 'number' ? digits(context?.source ?? '') : value;
  return JSON.parse(text, keepDigits);
}

it('posts contact, transaction and state, and nothing else', async () => {
  const sink = await open(`${receiver.origin}/hooks/calls`);
  const contact = { $id: 'C1', $ref: 'Zoë', city: null };
  const transaction = { fired: '2026-03-02T09:00:00.000Z', connections: [{ id: 'c1', recordings: [] }] };
  expect(await sink.deliver([message('msg_1', { contact, transaction, state: 'updated' })], { signal })).toEqual(
    ACCEPTED,
  );
  const [request] = receiver.requests;
  expect(request).toMatchObject({ method: 'POST', path: '/hooks/calls', httpVersion: '1.1' });
  expect(request?.body).toBe(JSON.stringify({ contact, transaction, state: 'updated' }));
  expect(request?.headers).toEqual({
    host: `127.0.0.1:${receiver.port}`,
    connection: 'keep-alive',
    'user-agent': 'dbsync',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(request?.body ?? '')),
    'webhook-id': 'msg_1',
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
  });
  expect(Math.abs(Number(request?.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
});

it('keeps every value as it came: digits, code units, names, the order of keys', async () => {
  const sink = await open(receiver.origin);
  const number = fc.constantFrom('12345678901234567890', '1.10', '-0', '1e400', '0.0000001').map(digits);
  const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'toJSON', '2', '1'));
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud83d', '\0', '\u2028', '', null, true, 0, -1.5, 1e21),
      number,
      fc.array(tie('value')),
      fc.dictionary(name, tie('value')),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value), fc.dictionary(name, value), async (more, also) => {
      const contact = { ...more, $id: 'C1' };
      const transaction = { ...also, fired: '2026-03-02T09:00:00.000Z' };
      expect(await sink.deliver([message('msg_1', { contact, transaction })], { signal })).toEqual(ACCEPTED);
      const body = receiver.requests.at(-1)?.body ?? '';
      expect(canonicalJson(parseWithDigits(body))).toBe(canonicalJson({ contact, transaction, state: 'new' }));
      expect(body).toBe(JSON.stringify({ contact, transaction, state: 'new' }));
    }),
    { numRuns: 60 },
  );
});

it('delivers a value that is nested deeper than the stack', async () => {
  const sink = await open(receiver.origin);
  let deep: Json = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(await sink.deliver([message('msg_1', { contact: { $id: 'C1', deep } })], { signal })).toEqual(ACCEPTED);
  expect(receiver.requests[0]?.body).toContain(`${'['.repeat(100_001)}${']'.repeat(100_001)}`);
});

it('signs as Standard Webhooks say, with every secret of the file', async () => {
  const [old, fresh] = [newSecret(), newSecret()];
  const sink = await open(receiver.origin, { 'secret-file': secretFile('# rotated in March', old, '', fresh) });
  const contact = { $id: 'C1', $ref: '“Łódź” \ud83d 👩‍👩‍👧‍👦' };
  await sink.deliver([message('msg_1', { contact })], { signal });
  const { body = '', headers = {} } = receiver.requests[0] ?? {};
  for (const secret of [old, fresh]) {
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ state: 'new' });
  }
  expect(() => new Webhook(newSecret()).verify(body, headers as Record<string, string>)).toThrow(
    'No matching signature',
  );
  expect(() => new Webhook(old).verify(`${body} `, headers as Record<string, string>)).toThrow('No matching signature');
  expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/);
});

it('sends path and query as they were written, and the credentials of the URL as basic authentication', async () => {
  const sink = await open(`http://user:p%40ss@127.0.0.1:${receiver.port}/a%2Fb/%C3%A4;x?token=a%20b&token=c+d&&e`);
  await sink.deliver([message('msg_1')], { signal });
  expect(receiver.requests[0]?.path).toBe('/a%2Fb/%C3%A4;x?token=a%20b&token=c+d&&e');
  expect(receiver.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

it('adds the headers that were given', async () => {
  const sink = await open(receiver.origin, { header: 'Authorization: Bearer x:y\nX-Team:  calls \nUser-Agent: us' });
  await sink.deliver([message('msg_1')], { signal });
  expect(receiver.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer x:y',
    'x-team': 'calls',
    'user-agent': 'us',
  });
});

it('answers a verdict for each message, in their order', async () => {
  const sink = await open(receiver.origin);
  receiver.behave((response, { headers }) => {
    response.statusCode = headers['webhook-id'] === 'msg_2' ? 500 : 200;
    response.end('sorry');
  });
  const messages = ['msg_1', 'msg_2', 'msg_3'].map((id) => message(id, { contactId: id }));
  expect(await sink.deliver(messages, { signal })).toEqual([
    { verdict: 'accepted' },
    { verdict: 'retry', reason: 'HTTP 500 Internal Server Error', answer: 'sorry', fault: 'message' },
    { verdict: 'accepted' },
  ]);
});

it('keeps its connection for the next delivery, whatever was answered', async () => {
  const sink = await open(receiver.origin);
  for (const [statusCode, body] of [
    [200, 'x'.repeat(10_000)],
    [204, ''],
    [500, 'no'],
    [410, 'gone'],
  ] as const) {
    receiver.behave((response) => {
      response.statusCode = statusCode;
      response.end(body);
    });
    await sink.deliver([message('msg_1')], { signal });
  }
  expect(receiver.requests).toHaveLength(4);
  expect(receiver.connections).toBe(1);
});

it('masks what the receiver repeats of the credentials, and keeps the first 2 kB of the rest', async () => {
  const url = `http://user:hunter2@127.0.0.1:${receiver.port}/hooks/T0KEN?key=k3y-k3y`;
  const sink = await open(url, { header: 'X-Key: s3cret' });
  receiver.behave((response, { path, headers }) => {
    response.statusCode = 400;
    response.end(`hunter2 ${path} ${headers['x-key']} ${headers.authorization} ${'ä'.repeat(5_000)}`);
  });
  const [verdict] = await sink.deliver([message('msg_1')], { signal });
  expect(verdict).toMatchObject({ verdict: 'retry', fault: 'message' });
  const answer = verdict?.verdict === 'retry' ? verdict.answer : '';
  expect(answer).toMatch(/^\*\*\* \*\*\* \*\*\* Basic \*\*\* ä+$/);
  expect(answer.length).toBeGreaterThan(1_900);
  expect(answer.length).toBeLessThanOrEqual(2_048);
});

it('leaves no socket and no timer when it is closed, and may be closed twice', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const sink = await open(receiver.origin);
  await sink.deliver([message('msg_1')], { signal });
  const [socket] = receiver.sockets;
  const ended = new Promise((resolve) => socket?.once('close', resolve));
  await sink.close();
  await ended;
  await sink.close();
  expect(timers()).toBeLessThanOrEqual(before);
});
