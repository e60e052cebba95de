import type { EndpointSink, OptionValue, SinkTarget } from '@dbsync/core/contract';
import { createSink } from '@dbsync/sink-nats';
import { sampleMessage } from '@dbsync/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/harness/certificates.ts';
import { type NatsOptions, type NatsServer, startNats } from '../../../test/harness/servers/nats-server.ts';
import { openStreams } from '../../../test/harness/servers/nats-streams.ts';
import { endpointOf, natsTarget } from '../../../test/harness/servers/nats-subject.ts';
import { startStallingProxy } from '../../../test/harness/stalling-proxy.ts';
import { writeFiles } from './written-files.ts';

const { signal } = new AbortController();
const PASSWORD = 'p@ss:word/#?%';
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

describe('a message', () => {
  it('is published to the subject of its contact, escaped, in the order of the contact', async () => {
    const server = await start();
    const streams = await streamsOf(server);
    await streams.add({ name: 'CALLS', subjects: ['dbsync.CALLS.>'] });
    const sink = await open(natsTarget(server.port, 'CALLS'));
    const ids = ['A1', 'a.b *>', 'ü', '\ud800', '', 'x'.repeat(300), '$SYS'];
    for (const id of ids) expect(await deliver(sink, id)).toEqual({ verdict: 'accepted' });
    const subjects = (await streams.read('CALLS')).map(({ subject }) => subject.replace('dbsync.CALLS.', ''));
    expect(subjects.slice(0, 5)).toEqual(['A1', 'a%2eb%20%2a%3e', '%c3%bc', '%ud800', '%']);
    expect(subjects[5]).toMatch(/^%sha256-[\da-f]{64}$/);
    expect(subjects[6]).toBe('%24SYS');
  });

  it('is stored once, however often it is delivered within the window of the stream', async () => {
    const server = await start();
    const streams = await streamsOf(server);
    await streams.add({ name: 'CALLS', subjects: ['own.>'] });
    const target = natsTarget(server.port, 'CALLS', { subject: 'own.campaign' });
    for (let time = 0; time < 3; time++)
      expect(await deliver(await open(target), 'A1')).toEqual({ verdict: 'accepted' });
    const { id } = sampleMessage('A1');
    expect(await streams.read('CALLS')).toMatchObject([{ id, subject: 'own.campaign.A1' }]);
  });

  it('is refused where the server or the stream takes none as large, and says which', async () => {
    const server = await start({ maxPayload: 20_000 });
    const streams = await streamsOf(server);
    await streams.add({ name: 'CALLS', subjects: ['dbsync.CALLS.>'], maxMessageSize: 10_000 });
    const sink = await open(natsTarget(server.port, 'CALLS'));
    expect(await deliver(sink, 'A1', 15_000)).toMatchObject({
      verdict: 'refused',
      reason: 'The message is larger than the stream CALLS takes',
      answer: expect.stringContaining('maximum'),
    });
    expect(await deliver(sink, 'A2', 19_700)).toMatchObject({
      verdict: 'refused',
      reason: expect.stringContaining('max_payload'),
    });
    expect(await deliver(sink, 'A3')).toEqual({ verdict: 'accepted' });
  });
});

describe('the target is at fault', () => {
  it('while no server listens, and works once the stream is there', async () => {
    const server = await start();
    await server.kill();
    const sink = await open(natsTarget(server.port, 'CALLS'));
    expect(await deliver(sink, 'A1')).toMatchObject(retry('the connection failed (ECONNREFUSED)'));
    await server.restart();
    expect(await deliver(sink, 'A1')).toMatchObject(
      retry("No stream takes dbsync.CALLS.> yet: nats stream add CALLS --subjects 'dbsync.CALLS.>'"),
    );
    const streams = await streamsOf(server);
    await streams.add({ name: 'CALLS', subjects: ['dbsync.CALLS.>'] });
    expect(await deliver(sink, 'A1')).toEqual({ verdict: 'accepted' });
  });

  it('where another stream has the subject, and nothing gets in there', async () => {
    const server = await start();
    const streams = await streamsOf(server);
    await streams.add({ name: 'OTHER', subjects: ['dbsync.>'] });
    const sink = await open(natsTarget(server.port, 'CALLS'));
    expect(await deliver(sink, 'A1')).toMatchObject(retry('belongs to another stream than CALLS'));
    expect(await streams.read('OTHER')).toEqual([]);
  });

  it('while it is silent; what it took all the same is there once', async () => {
    const server = await start();
    const streams = await streamsOf(server);
    await streams.add({ name: 'CALLS', subjects: ['dbsync.CALLS.>'] });
    const proxy = await startStallingProxy({ host: '127.0.0.1', port: server.port });
    undo.push(proxy.close);
    const sink = await open(natsTarget(proxy.port, 'CALLS', { timeout: 0.3 }));
    proxy.dropAnswers();
    expect(await deliver(sink, 'A1')).toMatchObject(retry('none came within 0.3 s'));
    proxy.flow();
    expect(await deliver(sink, 'A1')).toEqual({ verdict: 'accepted' });
    proxy.dropAnswers();
    expect(await deliver(sink, 'B2')).toMatchObject(retry('none came within 0.3 s'));
    proxy.flow();
    expect(await deliver(sink, 'B2')).toEqual({ verdict: 'accepted' });
    expect((await streams.read('CALLS')).map(({ subject }) => subject)).toEqual(['dbsync.CALLS.A1', 'dbsync.CALLS.B2']);
  });

  it('where JetStream is off', async () => {
    const server = await start({ jetstream: false });
    expect(await deliver(await open(natsTarget(server.port, 'CALLS')), 'A1')).toMatchObject(retry('No stream takes'));
  });

  it('where it does not take the login, or does not let it publish', async () => {
    const login = { user: 'dbsync', password: PASSWORD };
    const server = await start({ login, mayPublish: ['other.>'] });
    const wrong = natsTarget(server.port, 'CALLS', {}, { user: 'dbsync', password: 'wrong-word' });
    const verdict = await deliver(await open(wrong), 'A1');
    expect(verdict).toMatchObject(retry('The server does not take the login'));
    expect(JSON.stringify(verdict)).not.toContain('wrong-word');
    expect(await deliver(await open(natsTarget(server.port, 'CALLS')), 'A1')).toMatchObject(
      retry('does not take the login'),
    );
    expect(await deliver(await open(natsTarget(server.port, 'CALLS', {}, login)), 'A1')).toMatchObject(
      retry('The user may not publish to dbsync.CALLS.>'),
    );
  });
});

describe('it logs in', () => {
  /** The answer of a server without the stream: a client that gets it has logged in. */
  const COMES_IN = retry('No stream takes');

  it('by user and password', async () => {
    const login = { user: 'dbsync', password: PASSWORD };
    const server = await start({ login });
    expect(await deliver(await open(natsTarget(server.port, 'CALLS', {}, login)), 'A1')).toMatchObject(COMES_IN);
  });

  it.each([
    ['in place of the user', {}, { user: PASSWORD, password: null }],
    ['as an option', { token: PASSWORD }, undefined],
  ])('by a token %s', async (_, options: Readonly<Record<string, OptionValue>>, login) => {
    const server = await start({ login: { token: PASSWORD } });
    expect(await deliver(await open(natsTarget(server.port, 'CALLS', options, login)), 'A1')).toMatchObject(COMES_IN);
  });

  it('by a certificate, over TLS of an authority that an option names', async () => {
    const authority = createAuthority();
    const server = await start({ tls: { ...authority.issue(['127.0.0.1']), authority: authority.certificate } });
    const { certificate, key } = authority.issue(['dbsync']);
    const files = writeFiles({ ca: authority.certificate, cert: certificate, key });
    undo.push(files.remove);
    expect(await deliver(await open(natsTarget(server.port, 'CALLS', files.paths)), 'A1')).toMatchObject(COMES_IN);
    const { ca } = files.paths;
    expect(await deliver(await open(natsTarget(server.port, 'CALLS', { ca })), 'A1')).toMatchObject(retry('No ack'));
    expect(await deliver(await open(natsTarget(server.port, 'CALLS')), 'A1')).toMatchObject(
      retry('the connection failed'),
    );
  });

  it('never without TLS where TLS is wanted', async () => {
    const server = await start();
    expect(await deliver(await open(natsTarget(server.port, 'CALLS', { tls: true })), 'A1')).toMatchObject(
      retry('or it offers no TLS'),
    );
  });
});

function retry(reason: string) {
  return { verdict: 'retry', fault: 'target', reason: expect.stringContaining(reason) };
}

async function start(options: NatsOptions = {}): Promise<NatsServer> {
  const server = await startNats(options);
  undo.push(server.stop);
  return server;
}

async function streamsOf({ port }: NatsServer) {
  const streams = await openStreams(port);
  undo.push(async () => streams[Symbol.asyncDispose]());
  return streams;
}

async function open(target: SinkTarget): Promise<EndpointSink> {
  const sink = endpointOf(createSink, target);
  await sink.open({ signal });
  undo.push(() => sink.close());
  return sink;
}

/** Delivers a message. @param bytes additional bytes of its contact */
async function deliver(sink: EndpointSink, contactId: string, bytes = 0) {
  const contact = { $id: contactId, $comment: 'x'.repeat(bytes) };
  const [verdict] = await sink.deliver([sampleMessage(contactId, bytes === 0 ? {} : { contact })], { signal });
  return verdict;
}
