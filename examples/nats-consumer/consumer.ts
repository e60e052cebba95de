// A consumer to start your own from: prints each transaction of the stream, in the order of its contact, and continues
// where it stopped. Environment: NATS_SERVER (127.0.0.1:4222), NATS_STREAM, NATS_CONSUMER: its name; each name gets all
// messages.
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const { NATS_SERVER: servers = '127.0.0.1:4222', NATS_STREAM = 'CALLS', NATS_CONSUMER = 'printer' } = process.env;

const connection = await connect({ servers, maxReconnectAttempts: -1 });
const manager = await jetstreamManager(connection);
await manager.consumers.add(NATS_STREAM, {
  durable_name: NATS_CONSUMER,
  ack_policy: AckPolicy.Explicit,
  // One after the other: otherwise a message that comes again after a crash would come behind newer ones of its
  // contact.
  max_ack_pending: 1,
});

const messages = await (await jetstream(connection).consumers.get(NATS_STREAM, NATS_CONSUMER)).consume();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void messages.close());

for await (const message of messages) {
  const { contact, transaction, state } = JSON.parse(message.string());
  const id = message.headers?.get('Nats-Msg-Id');
  // Do your work here, and store the id in the same commit: a message that comes again has the same id.
  console.log(
    JSON.stringify({ id, state, contact: contact.$id, fired: transaction.fired, status: transaction.status }),
  );
  await message.ackAck();
}
await connection.close();
