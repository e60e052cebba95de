import type { EndpointSink } from '@dbsync/core/contract';
import { createSink } from '@dbsync/sink-nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type NatsServer, startNats } from '../../../test/harness/servers/nats-server.ts';
import { type NatsStreamOptions, openStreams, type Streams } from '../../../test/harness/servers/nats-streams.ts';
import { endpointOf, natsTarget } from '../../../test/harness/servers/nats-subject.ts';

const { signal } = new AbortController();
let server: NatsServer;
let streams: Streams;
beforeAll(async () => {
  server = await startNats();
  streams = await openStreams(server.port);
});
afterAll(async () => {
  await streams[Symbol.asyncDispose]();
  await server.stop();
});

it.each(['dbsync.GOOD.>', 'dbsync.>', '*.GOOD.*', 'dbsync.*.*'])(
  'finds nothing wrong with a stream of %s',
  async (subject) => {
    const findings = await checkWith({ name: 'GOOD', subjects: [subject] });
    expect(findings.map(({ level }) => level)).toEqual(['pass', 'pass', 'pass', 'pass']);
  },
);

it('finds that there is no stream, and how to add it', async () => {
  expect((await check('NONE')).at(-1)).toEqual({
    level: 'fail',
    what: 'There is no stream NONE',
    remedy: "nats stream add NONE --subjects 'dbsync.NONE.>' --storage file --dupe-window 1h --defaults",
  });
});

it.each(['other.>', 'dbsync.POOR', 'dbsync.POOR.*.*', 'dbsync.poor.>'])(
  'finds that a stream of %s does not take the subjects',
  async (subject) => {
    const findings = await checkWith({ name: 'POOR', subjects: [subject] });
    const remedy = `nats stream edit POOR --subjects '${subject},dbsync.POOR.>'`;
    expect(findings).toContainEqual(expect.objectContaining({ level: 'fail', remedy }));
  },
);

it('warns of a short window of repetitions', async () => {
  const findings = await checkWith({ name: 'SHORT', subjects: ['dbsync.SHORT.>'], windowMinutes: 2 });
  expect(findings).toContainEqual(expect.objectContaining({ level: 'warn', remedy: expect.stringContaining('1h') }));
});

it('warns of a small limit, and where the stream cannot be looked at', async () => {
  const small = await startNats({ maxPayload: 1_000_000, jetstream: false });
  const findings = await check('CALLS', small.port);
  expect(findings.map(({ level }) => level)).toEqual(['pass', 'warn', 'warn']);
  expect(findings[2]?.remedy).toContain('jetstream {}');
  await small.stop();
});

async function checkWith(options: NatsStreamOptions) {
  await streams.add(options);
  const findings = await check(options.name);
  await streams.remove(options.name);
  return findings;
}

async function check(stream: string, port = server.port) {
  const sink: EndpointSink = endpointOf(createSink, natsTarget(port, stream));
  await sink.open({ signal });
  const findings = await sink.checkHealth({ signal });
  await sink.close();
  return findings;
}
