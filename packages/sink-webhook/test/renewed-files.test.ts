import { writeFileSync } from 'node:fs';
import type { EndpointSink, OptionValue, SinkNotice } from '@dbsync/core/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWebhookBench } from '../../../test/harness/webhook/webhook-bench.ts';
import type { Receiver } from '../../../test/harness/webhook/webhook-receiver.ts';
import { message } from '../../../test/harness/webhook/webhook-target.ts';
import { createWebhookTrust, type WebhookTrust } from '../../../test/harness/webhook/webhook-trust.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();
const ACCEPTED = [{ verdict: 'accepted' }];

let bench: ReturnType<typeof createWebhookBench>;
let notices: SinkNotice[];
/** Collects notices. Each start warns that nothing is signed; this test is not about that. */
const hear = (notice: SinkNotice) => void (notice.code === 'WEBHOOK_NOT_SIGNED' || notices.push(notice));
beforeEach(() => {
  notices = [];
  bench = createWebhookBench((target) => createSink({ ...target, notify: hear }));
});
afterEach(() => bench.closeAll());

const codes = () => notices.map(({ code }) => code);

function newTrust(): WebhookTrust {
  const trust = createWebhookTrust();
  bench.closeLater(trust.remove);
  return trust;
}

/** Delivers twice: after a delivery that fails, the files are looked at before the next one, without a wait. */
async function deliverTwice(sink: EndpointSink) {
  const first = await sink.deliver([message('msg_1')], { signal });
  return first[0]?.verdict === 'accepted' ? first : sink.deliver([message('msg_1')], { signal });
}

function breakConnections({ sockets }: Receiver): void {
  for (const socket of sockets) socket.destroy();
}

it.each([true, false])(
  'shows a renewed client certificate, though its key comes a moment later (HTTP/2: %s)',
  async (http2) => {
    const [old, fresh] = [newTrust(), newTrust()];
    const own = { cert: old.file('own.pem', ''), key: old.file('own.key', '') };
    const install = (trust: WebhookTrust) => {
      const { cert, key } = trust.clientPem();
      return { cert: () => writeFileSync(own.cert, cert), key: () => writeFileSync(own.key, key) };
    };
    const first = install(old);
    first.cert();
    first.key();
    const tls = { ...old.server('127.0.0.1'), ...old.demand };
    const receiver = await bench.receive({ protocol: 'h2', tls });
    const sink = await bench.open(receiver.origin, { ca: old.ca, ...own, http2 });
    expect(await sink.deliver([message('msg_1')], { signal })).toEqual(ACCEPTED);

    receiver.renew({ ...old.server('127.0.0.1'), ...fresh.demand });
    breakConnections(receiver);
    const renewed = install(fresh);
    renewed.cert();
    expect(await deliverTwice(sink)).toMatchObject([{ verdict: 'retry', fault: 'target' }]);
    expect(codes()).toEqual(['WEBHOOK_FILE_KEPT']);
    renewed.key();
    expect(await deliverTwice(sink)).toEqual(ACCEPTED);
    expect(codes()).toEqual(['WEBHOOK_FILE_KEPT', 'WEBHOOK_FILE_CHANGED']);
  },
);

it('trusts the authority that the ca file holds now, and keeps the former while the file is half written', async () => {
  const [old, fresh] = [newTrust(), newTrust()];
  const receiver = await bench.receive({ protocol: 'h2', tls: old.server('127.0.0.1') });
  const sink = await bench.open(receiver.origin, { ca: old.ca });
  const renewed = fresh.authority;
  writeFileSync(old.ca, renewed.slice(0, renewed.length / 2));
  expect(await sink.deliver([message('msg_1')], { signal })).toEqual(ACCEPTED);
  receiver.renew(fresh.server('127.0.0.1'));
  breakConnections(receiver);
  expect(await deliverTwice(sink)).toMatchObject([{ verdict: 'retry', fault: 'target' }]);
  expect(notices).toMatchObject([
    { level: 'warn', code: 'WEBHOOK_FILE_KEPT', message: expect.stringContaining(old.ca) },
  ]);
  writeFileSync(old.ca, renewed);
  expect(await deliverTwice(sink)).toEqual(ACCEPTED);
  expect(notices.at(-1)).toMatchObject({ level: 'info', code: 'WEBHOOK_FILE_CHANGED' });
});

it('ends a delivery that is under way over the former connection', async () => {
  const [old, fresh] = [newTrust(), newTrust()];
  const receiver = await bench.receive({ protocol: 'h2', tls: old.server('127.0.0.1') });
  const sink = await bench.open(receiver.origin, { ca: old.ca });
  const answers: (() => void)[] = [];
  receiver.behave((response, { headers }) => {
    if (headers['webhook-id'] === 'msg_1') answers.push(() => response.end());
    else response.writeHead(headers['webhook-id'] === 'msg_2' ? 401 : 200).end();
  });
  const slow = sink.deliver([message('msg_1')], { signal });
  await receiver.received(1);
  writeFileSync(old.ca, old.authority + fresh.authority);
  await sink.deliver([message('msg_2')], { signal });
  expect(await sink.deliver([message('msg_3')], { signal })).toEqual(ACCEPTED);
  expect(codes()).toEqual(['WEBHOOK_FILE_CHANGED']);
  for (const answer of answers) answer();
  expect(await slow).toEqual(ACCEPTED);
});

it('sends the token that the header file holds now, keeps the former while it is broken, and shows neither', async () => {
  const trust = newTrust();
  const file = trust.file('headers', '# renewed each hour\nAuthorization: Bearer first-token\n\nX-Team: calls\n');
  const receiver = await bench.receive();
  let token = 'first-token';
  receiver.behave((response, { headers }) => {
    response.statusCode = headers.authorization === `Bearer ${token}` ? 204 : 401;
    response.end(`not ${headers.authorization}`);
  });
  const sink = await bench.open(receiver.origin, { 'header-file': file, header: 'X-Other: 1' });
  expect(await deliverTwice(sink)).toEqual(ACCEPTED);
  expect(receiver.requests[0]?.headers).toMatchObject({ 'x-team': 'calls', 'x-other': '1' });

  token = 'second-token';
  for (const broken of ['', 'Authorization Bearer second-token', 'X-Other: 2\nAuthorization: Bearer second-token']) {
    writeFileSync(file, broken);
    expect(await deliverTwice(sink)).toMatchObject([
      { verdict: 'retry', reason: 'HTTP 401 Unauthorized', answer: 'not ***' },
    ]);
  }
  writeFileSync(file, 'Authorization: Bearer second-token');
  expect(await deliverTwice(sink)).toEqual(ACCEPTED);
  expect(codes()).toEqual([...Array(3).fill('WEBHOOK_FILE_KEPT'), 'WEBHOOK_FILE_CHANGED']);
  expect(JSON.stringify(notices)).not.toContain('-token');
});

it.each<[string, Readonly<Record<string, OptionValue>>, string]>([
  ['', {}, 'holds no header'],
  ['X-Team: calls', { header: 'x-team: other' }, 'x-team is in the header file and is given elsewhere too'],
  ['Host: other', {}, 'host is set by dbsync itself'],
])('refuses a header file with %j and %j', async (text, options, words) => {
  const file = newTrust().file('headers', text);
  await expect(bench.open('http://receiver.example/', { 'header-file': file, ...options })).rejects.toMatchObject({
    code: 'WEBHOOK_OPTION_INVALID',
    message: expect.stringContaining(words),
  });
});

it('refuses a ca file without a whole certificate', async () => {
  const trust = newTrust();
  const file = trust.file('half.pem', trust.authority.slice(0, 300));
  await expect(bench.open('https://receiver.example/', { ca: file })).rejects.toMatchObject({
    code: 'WEBHOOK_OPTION_INVALID',
    message: expect.stringContaining('holds no whole certificates'),
  });
});
