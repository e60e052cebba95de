import type { CreateSink, EndpointSink, OptionValue, SinkTarget } from '@dbsync/core/contract';
import { type EndpointSubject, receivedMessage, sampleMessage } from '@dbsync/testkit';
import type { NatsServer } from './nats-server.ts';
import { openStreams } from './nats-streams.ts';

/** Less than the server takes, so that the stream refuses; enough for the largest message of conformance. */
const MAX_MESSAGE_SIZE = 5 * 1024 * 1024;

/** Returns a NATS sink under test, each case with a stream of its own on the one server. */
export function natsSubject(
  createSink: CreateSink,
  server: () => NatsServer,
  sinkOptions: Readonly<Record<string, OptionValue>> = {},
): EndpointSubject {
  let count = 0;
  return {
    createTarget: async () => {
      const { port } = server();
      const stream = `CASE-${++count}`;
      const streams = await openStreams(port);
      await streams.add({ name: stream, subjects: [`dbsync.${stream}.>`], maxMessageSize: MAX_MESSAGE_SIZE });
      const createSinkAt = (at: number) => endpointOf(createSink, natsTarget(at, stream, sinkOptions));
      const { address, options } = natsTarget(port, stream, sinkOptions);
      return {
        createSink: () => createSinkAt(port),
        received: async () => (await streams.read(stream)).map(({ id, body }) => receivedMessage(id, body)),
        remove: async () => {
          await streams.remove(stream);
          await streams[Symbol.asyncDispose]();
        },
        plugin: { entry: import.meta.resolve('@dbsync/sink-nats'), address, options },
        server: { host: '127.0.0.1', port, createSinkAt },
        refusedMessage: (contactId) =>
          sampleMessage(contactId, { contact: { $id: contactId, $comment: 'x'.repeat(MAX_MESSAGE_SIZE) } }),
      };
    },
  };
}

/** Returns a target as core passes it to a sink, with the manifest's defaults. */
export function natsTarget(
  port: number,
  stream: string,
  options: Readonly<Record<string, OptionValue>> = {},
  login: Pick<SinkTarget['address'], 'user' | 'password'> = { user: null, password: null },
): SinkTarget {
  return {
    address: { scheme: 'nats', ...login, host: '127.0.0.1', port, path: stream },
    options: { timeout: 10, tls: false, ...options },
    notify: () => {},
  };
}

export function endpointOf(createSink: CreateSink, target: SinkTarget): EndpointSink {
  const sink = createSink(target);
  if (sink.kind !== 'endpoint') throw new TypeError('The NATS sink is an endpoint');
  return sink;
}
