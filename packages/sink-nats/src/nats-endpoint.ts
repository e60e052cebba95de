import type { EndpointSink, Message, Verdict } from '@dbsync/core/contract';
import { unlessAborted } from '@dbsync/core/sink-kit';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectionOptions } from './connection-options.js';
import { subjectOf } from './contact-subject.js';
import { type KeptConnection, keepConnection } from './kept-connection.js';
import { bodyOf } from './message-body.js';
import { aborted } from './nats-error.js';
import { checkHealth } from './nats-health.js';
import type { NatsSettings } from './nats-settings.js';
import { tooLarge, verdictOf } from './nats-verdict.js';

/** Publishes each message to the stream of the settings, and accepts it when the stream has acknowledged it. */
export function createNatsEndpoint(settings: NatsSettings): EndpointSink {
  let kept: KeptConnection | null = null;
  const inUse = () => {
    if (kept === null) throw new Error('The sink is not open.');
    return kept;
  };
  const attempt = async (message: Message, signal: AbortSignal): Promise<Verdict> => {
    try {
      const connection = await unlessAborted(inUse().get(), signal);
      return await unlessAborted(publish(connection, message, settings), signal);
    } catch (error) {
      if (signal.aborted) throw aborted(signal.reason);
      return verdictOf(error, settings);
    }
  };
  return {
    kind: 'endpoint',
    open: async () => {
      kept = keepConnection(await connectionOptions(settings));
    },
    checkHealth: ({ signal }) => checkHealth(settings, inUse(), signal),
    close: async () => {
      await kept?.close();
      kept = null;
    },
    deliver: (messages, { signal }) => Promise.all(messages.map((message) => attempt(message, signal))),
  };
}

/** The room for headers, which are part of the size that the server limits. */
const BYTES_OF_HEADERS = 512;

/**
 * Publishes a message. A repetition within the stream's window is acknowledged and not stored, since it has the same
 * id.
 */
async function publish(
  connection: NatsConnection,
  message: Message,
  { stream, prefix, timeoutMs }: NatsSettings,
): Promise<Verdict> {
  const body = bodyOf(message);
  const most = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  if (body.length + BYTES_OF_HEADERS > most) return tooLarge(body.length, most);
  await jetstream(connection).publish(subjectOf(prefix, message.contactId), body, {
    msgID: message.id,
    expect: { streamName: stream },
    timeout: timeoutMs,
  });
  return { verdict: 'accepted' };
}
