/**
 * The process that conformance kills. It creates the sink of a plugin, opens it, and delivers messages after each order
 * on its standard input, several at a time. It prints accepted messages on its standard output, one a line.
 */
import type { CreateSink, EndpointSink, Message, SinkTarget } from '@dbsync/core/contract';
import { messagesOfChild } from './child-messages.js';
import { receiveOrders } from './child-orders.js';

const SIDE_BY_SIDE = 5;

const { first, pieces } = await receiveOrders();
const { entry, address, options } = first;
const forEver = { signal: new AbortController().signal };
const say = (line: string) => process.stdout.write(`${line}\n`);

const { createSink } = (await import(entry)) as { readonly createSink: CreateSink };
const target: SinkTarget = { address, options, notify: () => {} };
const sink = createSink(target);
if (sink.kind !== 'endpoint') throw new TypeError(`${entry} makes no endpoint`);
const endpoint: EndpointSink = sink;

const deliverAll = async (messages: Iterator<Message>) => {
  for (let next = messages.next(); !next.done; next = messages.next()) {
    const [verdict] = await endpoint.deliver([next.value], forEver);
    if (verdict?.verdict === 'accepted') say(`accepted ${next.value.id}`);
  }
};

await endpoint.open(forEver);
say('opened');
for await (const line of pieces) {
  const messages = messagesOfChild(Number(line)).values();
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => deliverAll(messages)));
}
