import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';

/** A message of a stream, as any consumer sees it. */
export interface StoredMessage {
  /** The header `Nats-Msg-Id`. */
  readonly id: string;
  readonly subject: string;
  readonly body: string;
}

export interface NatsStreamOptions {
  readonly name: string;
  readonly subjects: readonly string[];
  /** The largest message, in bytes. */
  readonly maxMessageSize?: number;
  readonly windowMinutes?: number;
}

/** Reads streams of a server without login, without the sink. */
export interface Streams extends AsyncDisposable {
  add(options: NatsStreamOptions): Promise<void>;
  remove(name: string): Promise<void>;
  /** Returns all messages of a stream, in order. */
  read(name: string): Promise<readonly StoredMessage[]>;
}

/** Opens streams of one server that is up; the connection ends with it. */
export async function openStreams(port: number): Promise<Streams> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false });
  const manager = await jetstreamManager(connection);
  return {
    add: async ({ name, subjects, maxMessageSize = -1, windowMinutes = 60 }) => {
      await manager.streams.add({
        name,
        subjects: [...subjects],
        max_msg_size: maxMessageSize,
        duplicate_window: nanos(windowMinutes * 60_000),
      });
    },
    remove: async (name) => {
      await manager.streams.delete(name);
    },
    read: async (name) => {
      const { state } = await manager.streams.info(name);
      const messages: StoredMessage[] = [];
      for (let seq = state.first_seq; seq > 0 && seq <= state.last_seq; seq++) {
        const stored = await manager.streams.getMessage(name, { seq });
        if (stored === null) throw new Error(`The stream ${name} has lost its message ${seq}`);
        messages.push({ id: stored.header.get('Nats-Msg-Id'), subject: stored.subject, body: stored.string() });
      }
      return messages;
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
