import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';

/** One connection for all deliveries. */
export interface KeptConnection {
  /** The one that stands, or a new one where it broke; asking again while it is being made makes no second one. */
  get(): Promise<NatsConnection>;
  /** What is under way over it fails. One that is still being made is closed when it is there. */
  close(): Promise<void>;
}

export function keepConnection(options: NodeConnectionOptions): KeptConnection {
  let making: Promise<NatsConnection> | null = null;
  let standing: NatsConnection | null = null;

  const make = async () => {
    try {
      const connection = await connect(options);
      standing = connection;
      void connection.closed().then(() => forget(connection));
      return connection;
    } catch (error) {
      making = null;
      throw error;
    }
  };
  const forget = (connection: NatsConnection) => {
    if (standing !== connection) return;
    making = null;
    standing = null;
  };
  return {
    get: () => {
      making ??= make();
      return making;
    },
    close: async () => {
      if (standing === null)
        making?.then(
          (connection) => connection.close(),
          () => undefined,
        );
      await standing?.close();
    },
  };
}
