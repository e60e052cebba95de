import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { messagesOfChild } from '../children/child-messages.js';
import { withChildren } from '../children/child-process.js';
import type { EndpointBench } from '../endpoint-bench.js';
import { type EndpointCase, endpointCase } from '../endpoint-case.js';
import { countArrivals } from '../received-messages.js';

/**
 * A process dies while it delivers, and the next one delivers again all messages that it did not know to be accepted.
 */
export const killedDeliveryCases: readonly EndpointCase[] = [
  endpointCase(
    'messages that were accepted before the process was killed have arrived, and in the end all have',
    (bench) =>
      withChildren('child-deliverer.js', bench.target.plugin ?? assert.fail(), async (start) => {
        for (const nr of [0, 1, 2]) {
          const child = start();
          await child.stepOf('opened');
          child.order(nr);
          for (let said = 0; said <= 7 * nr; said += 1) await child.stepOf('accepted');
          await delay(nr);
          const accepted = await child.kill();
          await expectAllInTheEnd(bench, nr, accepted);
        }
      }),
    'process',
  ),
];

async function expectAllInTheEnd(bench: EndpointBench, nr: number, said: readonly string[]): Promise<void> {
  const accepted = said.filter((line) => line.startsWith('accepted ')).map((line) => line.slice('accepted '.length));
  const arrived = await countArrivals(bench.target);
  assert.ok(accepted.length > 0, 'a message that was accepted');
  for (const id of accepted) assert.ok(arrived.has(id), `${id} was accepted and has not arrived`);
  const messages = messagesOfChild(nr);
  const left = messages.filter(({ id }) => !accepted.includes(id));
  const sink = await bench.open();
  const verdicts = await bench.deliverInTheEnd(sink, left);
  assert.deepEqual(verdicts, Array(left.length).fill({ verdict: 'accepted' }), 'the verdicts in the end');
  const counts = await countArrivals(bench.target);
  for (const { id } of messages) assert.ok(counts.has(id), `${id} has not arrived in the end`);
}
