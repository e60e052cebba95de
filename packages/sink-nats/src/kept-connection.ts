import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';

/** One connection for all deliveries. */
export interface KeptConnection {
  /**
   * Returns the open connection, or a new one where it broke. A second call while it is being opened opens no second
   * one.
   */
  get(): Promise<NatsConnection>;
  /** Closes the connection; deliveries under way fail. One that is still being opened is closed when it is open. */
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
