import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EndpointBench } from '../endpoint-bench.js';
import { type EndpointCase, endpointCase } from '../endpoint-case.js';
import { expectFindings } from '../expect-findings.js';
import { expectNothingLeft } from '../open-handles.js';
import { countArrivals, expectReceived } from '../received-messages.js';
import { sampleMessage, sampleMessages } from '../samples/sample-messages.js';
import { soon } from '../soon.js';

/** The calls from `open` to `close`, and the end of calls that were abandoned. */
export const endpointLifecycleCases: readonly EndpointCase[] = [
  endpointCase('a health check returns findings and delivers nothing', async (bench) => {
    const sink = await bench.open();
    const findings = await sink.checkHealth(bench.options);
    expectFindings(findings);
    await expectReceived(bench.target, []);
  }),

  endpointCase('an aborted delivery ends soon, and the messages that it accepted have arrived', async (bench) => {
    const sink = await bench.open();
    const all = [];
    for (const turns of [0, 1, 2, 3, 5, 8]) {
      const messages = sampleMessages(3, `turn-${turns}-`);
      all.push(...messages);
      const abort = new AbortController();
      const call = sink.deliver(messages, { signal: AbortSignal.any([abort.signal, bench.options.signal]) });
      const ended = call.catch(() => []);
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      abort.abort();
      const verdicts = await soon(ended, 'an aborted delivery');
      const arrived = await countArrivals(bench.target);
      for (const [nr, { id }] of messages.entries()) {
        if (verdicts[nr]?.verdict === 'accepted') assert.ok(arrived.has(id), `${id} was accepted and did not arrive`);
      }
    }
    const verdicts = await bench.deliverInTheEnd(sink, all);
    assert.deepEqual(verdicts, Array(all.length).fill({ verdict: 'accepted' }), 'the verdicts in the end');
    await expectReceived(bench.target, all);
  }),

  endpointCase('a second close does nothing, and another sink on the target still works', async (bench) => {
    const [closed, other] = [await bench.open(), await bench.open()];
    await closed.close();
    await closed.close();
    const messages = sampleMessages(2);
    await other.deliver(messages, bench.options);
    await expectReceived(bench.target, messages);
  }),

  endpointCase('a closed sink leaves no timer, socket or file behind', (bench) =>
    expectNothingLeft(() => useAndClose(bench)),
  ),
];

async function useAndClose({ target, options }: EndpointBench): Promise<void> {
  const sink = target.createSink();
  try {
    await sink.open(options);
    await sink.deliver([sampleMessage('A1')], options);
  } finally {
    await sink.close();
  }
}
