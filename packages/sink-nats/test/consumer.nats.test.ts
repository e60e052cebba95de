import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSink } from '@dbsync/sink-nats';
import { sampleMessage } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startNats } from '../../../test/harness/servers/nats-server.ts';
import { openStreams } from '../../../test/harness/servers/nats-streams.ts';
import { endpointOf, natsTarget } from '../../../test/harness/servers/nats-subject.ts';

const { signal } = new AbortController();
const CONSUMER = join(import.meta.dirname, '../../../examples/nats-consumer/consumer.ts');

it('each consumer of the example gets all messages in their order, and goes on where it stopped', async () => {
  const server = await startNats();
  onTestFinished(() => server.stop());
  const streams = await openStreams(server.port);
  await streams.add({ name: 'CALLS', subjects: ['dbsync.CALLS.>'] });
  const sink = endpointOf(createSink, natsTarget(server.port, 'CALLS'));
  await sink.open({ signal });
  const publish = async (...contactIds: readonly string[]) => {
    for (const contactId of contactIds) await sink.deliver([sampleMessage(contactId)], { signal });
    return contactIds.map((contactId) => ({ id: sampleMessage(contactId).id, state: 'new', contact: contactId }));
  };

  const first = await publish('A1', 'B2', 'C3');
  expect(await consume(server.port, 'one', 3)).toMatchObject(first);
  const second = await publish('D4', 'E5');
  expect(await consume(server.port, 'one', 2)).toMatchObject(second);
  expect(await consume(server.port, 'two', 5)).toMatchObject([...first, ...second]);
  await sink.close();
  await streams[Symbol.asyncDispose]();
});

/** Returns the printed lines of the consumer, which is stopped after this number of them. */
async function consume(port: number, name: string, count: number): Promise<readonly unknown[]> {
  const env = { PATH: process.env.PATH, NATS_SERVER: `127.0.0.1:${port}`, NATS_STREAM: 'CALLS', NATS_CONSUMER: name };
  const child = spawn(process.execPath, [CONSUMER], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(JSON.parse(line));
    if (lines.length === count) child.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
  return lines;
}
