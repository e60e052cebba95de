/**
 * The process that conformance kills. It creates the sink of a plugin, opens it, claims, and writes a batch after each
 * order on its standard input. It prints each step on its standard output, one a line.
 */
import type { CreateSink, SinkTarget } from '@dbsync/core/contract';
import { writerOf } from '../case-bench.js';
import { batchOfChild } from './child-batch.js';
import { receiveOrders } from './child-orders.js';

const { first, pieces } = await receiveOrders();
const { entry, address, options } = first;
const forEver = { signal: new AbortController().signal };
const say = (line: string) => process.stdout.write(`${line}\n`);

const { createSink } = (await import(entry)) as { readonly createSink: CreateSink };
const target: SinkTarget = { address, options, notify: () => {} };
const sink = createSink(target);
if (sink.kind !== 'store') throw new TypeError(`${entry} makes no store`);

say('opening');
await sink.open(forEver);
await sink.declareFields([{ name: 'city', type: 'text' }], forEver);
say('opened');
const writer = await writerOf(sink, {}, forEver);
say(`claimed ${writer.claim.holder}`);
for await (const line of pieces) {
  say('writing');
  await writer.write(batchOfChild(Number(line)));
  say('committed');
}
