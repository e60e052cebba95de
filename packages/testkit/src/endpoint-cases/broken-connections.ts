import assert from 'node:assert/strict';
import { type EndpointSink, isSinkError, type Message, type Verdict } from '@dbsync/core/contract';
import type { EndpointBench } from '../endpoint-bench.js';
import { type EndpointCase, endpointCase } from '../endpoint-case.js';
import { expectFailure } from '../expect-findings.js';
import { behindFaultProxy, type FaultProxy } from '../fault-proxy.js';
import { countArrivals, expectReceived } from '../received-messages.js';
import { sampleMessage, sampleMessages } from '../samples/sample-messages.js';
import { soon } from '../soon.js';

/** A network between the sink and its target breaks at any byte, and no message is lost by that. */
export const brokenDeliveryCases: readonly EndpointCase[] = [
  networkCase(
    'an outage is a fault of the target, not of the messages, which arrive after it',
    async (bench, proxy) => {
      const sink = await bench.open(sinkThrough(bench, proxy));
      const [before, during] = [sampleMessages(2, 'before-'), sampleMessages(3, 'during-')];
      await bench.deliverInTheEnd(sink, before);
      proxy.refuse();
      proxy.cut();
      for (let call = 0; call < 3; call += 1) expectTargetsFault(await endOf(sink.deliver(during, bench.options)));
      proxy.restore();
      const verdicts = await bench.deliverInTheEnd(sink, during);
      assert.deepEqual(verdicts, Array(3).fill({ verdict: 'accepted' }), 'the verdicts in the end');
      await expectReceived(bench.target, [...before, ...during]);
    },
  ),

  networkCase(
    'a connection that breaks at any byte of a delivery loses no message and makes no dead letter',
    async (bench, proxy) => {
      const sink = await bench.open(sinkThrough(bench, proxy));
      const { up, down } = await bytesOfDelivery(bench, proxy, sink);
      let unsaid = 0;
      for (const part of [0, 0.2, 0.4, 0.6, 0.8, 0.95]) {
        proxy.cutAfter('up', Math.floor(part * up));
        unsaid += await expectNothingLost(bench, proxy, sink, messagesOf(`up-${part}`));
      }
      for (const missing of [1, 2, 8, 40]) {
        proxy.cutAfter('down', Math.max(0, down - missing));
        unsaid += await expectNothingLost(bench, proxy, sink, messagesOf(`down-${missing}`));
      }
      assert.ok(unsaid > 0, 'no message with a lost answer arrived, so the case proves nothing');
    },
  ),

  networkCase(
    'calls to a target that no longer answers end soon after their abort, and so does close',
    async (bench, proxy) => {
      const sink = await bench.open(sinkThrough(bench, proxy));
      await bench.deliverInTheEnd(sink, sampleMessages(1, 'before-'));
      proxy.fallSilent();
      const abort = new AbortController();
      const calls = sampleMessages(3, 'silent-').map((message) =>
        endOf(sink.deliver([message], { signal: abort.signal })),
      );
      abort.abort();
      for (const end of await soon(Promise.all(calls), 'the aborted calls')) {
        if (Array.isArray(end)) assert.notEqual(end[0]?.verdict, 'accepted', 'the verdict without an answer');
      }
      await soon(sink.close(), 'close');
    },
  ),

  networkCase('open succeeds where no server answers, or fails with a retryable error', async (bench, proxy) => {
    const sink = sinkThrough(bench, proxy);
    proxy.refuse();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const end = await endOf(bench.open(sink).then(() => null));
      if (end === null) break;
      assert.ok(isSinkError(end) && end.verdict === 'retryable', `a retryable SinkError: ${String(end)}`);
      proxy.restore();
    }
    proxy.restore();
    const messages = sampleMessages(2);
    await bench.deliverInTheEnd(sink, messages);
    await expectReceived(bench.target, messages);
  }),

  networkCase(
    'the health check of a target that cannot be reached returns that finding and does not throw',
    async (bench, proxy) => {
      const sink = await bench.open(sinkThrough(bench, proxy));
      await bench.deliverInTheEnd(sink, [sampleMessage('A1')]);
      proxy.refuse();
      proxy.cut();
      expectFailure(await sink.checkHealth(bench.options));
    },
  ),
];

function networkCase(name: string, check: (bench: EndpointBench, proxy: FaultProxy) => Promise<void>): EndpointCase {
  return endpointCase(
    name,
    (bench) => behindFaultProxy(bench.target.server ?? assert.fail(), (proxy) => check(bench, proxy)),
    'network',
  );
}

function sinkThrough(bench: EndpointBench, proxy: FaultProxy): EndpointSink {
  return bench.target.server?.createSinkAt(proxy.port) ?? assert.fail();
}

/** Returns the result of a call, or its error. */
function endOf<T>(call: Promise<T>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}

/** Expects a retry that is not the message's fault: otherwise its contact would lose attempts by an outage. */
function expectTargetsFault(end: unknown): void {
  if (!Array.isArray(end)) {
    assert.ok(
      isSinkError(end) && end.verdict === 'retryable' && end.connectionLost,
      `a lost connection: ${String(end)}`,
    );
    return;
  }
  for (const verdict of end as readonly Verdict[]) {
    assert.ok(verdict.verdict === 'retry', `the verdict of a target that is down: ${verdict.verdict}`);
    assert.equal(verdict.fault, 'target', 'the fault in the verdict of a target that is down');
  }
}

function messagesOf(round: string): readonly Message[] {
  return sampleMessages(2, `${round}-`).map((message) => ({
    ...message,
    contact: { ...message.contact, $comment: 'x'.repeat(2_000) },
  }));
}

/** Counts the bytes of a delivery like those that are to be broken, by a sink that has delivered before. */
async function bytesOfDelivery(bench: EndpointBench, proxy: FaultProxy, sink: EndpointSink) {
  await bench.deliverInTheEnd(sink, messagesOf('warm'));
  const { up, down } = proxy.passed;
  await bench.deliverInTheEnd(sink, messagesOf('bytes'));
  return { up: proxy.passed.up - up, down: proxy.passed.down - down };
}

/**
 * Delivers while the proxy breaks, looks, and delivers again. Returns how many messages arrived without an acceptance
 * of the sink.
 */
async function expectNothingLost(
  bench: EndpointBench,
  proxy: FaultProxy,
  sink: EndpointSink,
  messages: readonly Message[],
): Promise<number> {
  const end = await endOf(sink.deliver(messages, bench.options));
  proxy.restore();
  const arrived = await countArrivals(bench.target);
  const verdicts = Array.isArray(end) ? (end as readonly Verdict[]) : [];
  let unsaid = 0;
  for (const [nr, { id }] of messages.entries()) {
    const verdict = verdicts[nr]?.verdict;
    assert.ok(verdict !== 'refused' && verdict !== 'gone', `a broken connection is no reason for: ${verdict}`);
    if (verdict === 'accepted') assert.ok(arrived.has(id), `${id} was accepted and has not arrived`);
    else if (arrived.has(id)) unsaid += 1;
  }
  const last = await bench.deliverInTheEnd(sink, messages);
  assert.deepEqual(last, Array(messages.length).fill({ verdict: 'accepted' }), 'the verdicts in the end');
  const counts = await countArrivals(bench.target);
  for (const { id } of messages) assert.ok(counts.has(id), `${id} has not arrived in the end`);
  return unsaid;
}
