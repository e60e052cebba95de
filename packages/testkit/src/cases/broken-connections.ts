import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type Claim, isSinkError, type StoreSink } from '@dbsync/core/contract';
import { askFor, type CaseBench, granted, STREAM, type Writer, writerOf } from '../case-bench.js';
import { expectFailure } from '../expect-findings.js';
import { expectSinkError } from '../expect-sink-error.js';
import { behindFaultProxy, type FaultProxy } from '../fault-proxy.js';
import { sampleContact, sampleContacts, sampleProgress } from '../samples/sample-contacts.js';
import { soon } from '../soon.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';
import { expectWholeOrNothing, outcomeOf } from '../whole-or-nothing.js';

/** A network between the sink and its target breaks at any byte, and nothing is lost by that. */
export const brokenConnectionCases: readonly StoreCase[] = [
  networkCase('a write whose connection breaks has committed completely or not at all', async (bench, proxy) => {
    const { up } = await bytesOfWrite(bench, proxy);
    for (const [nr, part] of [0, 0.2, 0.4, 0.6, 0.8, 0.95].entries()) {
      const writer = await writerThrough(bench, proxy);
      const write = writer.write({ contacts: contactsOf(nr), progress: sampleProgress(nr) });
      proxy.cutAfter('up', Math.floor(part * up));
      await expectWholeAfter(bench, proxy, writer, nr, write);
    }
  }),

  networkCase('a write whose answer was lost is not reported as failed', async (bench, proxy) => {
    const { down } = await bytesOfWrite(bench, proxy);
    const found: string[] = [];
    for (const [nr, missing] of [1, 2, 8, 40].entries()) {
      const writer = await writerThrough(bench, proxy);
      proxy.cutAfter('down', Math.max(0, down - missing));
      const write = writer.write({ contacts: contactsOf(nr), progress: sampleProgress(nr) });
      found.push(await expectWholeAfter(bench, proxy, writer, nr, write));
    }
    assert.ok(found.includes('committed'), 'no write with a lost answer was stored, so the case proves nothing');
  }),

  networkCase(
    'R10 a connection that was lost between two calls is reported by the next call, then opened again',
    async (bench, proxy) => {
      const { sink, claim, write } = await writerThrough(bench, proxy);
      await write({ contacts: [sampleContact('A1')] });
      proxy.cut();
      await expectSinkError(sink.readState(STREAM, bench.options), { verdict: 'retryable', connectionLost: true });
      const again = await repeatedly(async () =>
        granted(await askFor(sink, { takeOverFrom: claim.holder }, bench.options)),
      );
      await sink.write(
        { contacts: [sampleContact('B2')], inboundCalls: [], deadLetters: [], settled: [] },
        again,
        bench.options,
      );
      assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1', 'B2'], 'the contacts');
    },
  ),

  networkCase(
    'R10 a connection that ended while no call used it is reported by the next call of any kind',
    async (bench, proxy) => {
      const { sink, claim: first, write } = await writerThrough(bench, proxy);
      await write({ contacts: [sampleContact('A1')] });
      let claim = first;
      for (const [name, call] of Object.entries(callsUnder(sink, bench))) {
        proxy.cut();
        await delay(SEEN_MS);
        const lost = { verdict: 'retryable', connectionLost: true } as const;
        await expectSinkError(call(claim), lost).catch((error: Error) => assert.fail(`${name}: ${error.message}`));
        claim = await repeatedly(async () =>
          granted(await askFor(sink, { takeOverFrom: claim.holder }, bench.options)),
        );
        await call(claim);
      }
    },
  ),

  networkCase('open fails with a retryable error where no server answers, and succeeds later', async (bench, proxy) => {
    const sink = sinkThrough(bench, proxy);
    proxy.refuse();
    await expectSinkError(sink.open(bench.options), { verdict: 'retryable' });
    await expectSinkError(sink.open(bench.options), { verdict: 'retryable' });
    proxy.restore();
    await bench.open(sink);
    const { write } = await writerOf(sink, {}, bench.options);
    await write({ contacts: [sampleContact('A1')] });
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1'], 'the contacts');
  }),

  networkCase('R34 an outage of the target is a classified error, so it never ends a run', async (bench, proxy) => {
    const { sink, write } = await writerThrough(bench, proxy);
    await write({ contacts: [sampleContact('A1')] });
    proxy.refuse();
    proxy.cut();
    for (let time = 1; time <= 3; time += 1) {
      const error = await expectSinkError(sink.readState(STREAM, bench.options), { verdict: 'retryable' });
      assert.ok(!error.isUnclassified, `"${error.message}" is an error that the sink does not know`);
    }
  }),

  networkCase(
    'the health check of a target that cannot be reached returns that finding and does not throw',
    async (bench, proxy) => {
      const sink = await bench.open(sinkThrough(bench, proxy));
      proxy.refuse();
      proxy.cut();
      expectFailure(await sink.checkHealth(bench.options));
    },
  ),

  networkCase(
    'calls to a target that no longer answers end soon after their abort, and so does close',
    async (bench, proxy) => {
      const { sink, claim, write } = await writerThrough(bench, proxy);
      proxy.fallSilent();
      const abort = new AbortController();
      const { signal } = abort;
      const calls = [write({ contacts: [sampleContact('A1')] }, { signal }), sink.renew(claim, { signal })];
      const ended = Promise.allSettled(calls);
      abort.abort();
      for (const { status } of await soon(ended, 'the aborted calls'))
        assert.equal(status, 'rejected', 'how they ended');
      await soon(sink.close(), 'close');
    },
  ),
];

/** Long enough for a process to see that its idle connection has ended. */
const SEEN_MS = 100;

/** Returns one call of each kind that core makes under a claim. */
function callsUnder(
  sink: StoreSink,
  { options }: CaseBench,
): Readonly<Record<string, (claim: Claim) => Promise<unknown>>> {
  const request = { key: 'k1', kind: 'refetch', contactIds: ['A1'] } as const;
  const batch = { contacts: [sampleContact('B2')], inboundCalls: [], deadLetters: [], settled: [] };
  return {
    declareFields: () => sink.declareFields([], options),
    readState: () => sink.readState(STREAM, options),
    readVersions: (claim) => sink.readVersions(claim, ['A1'], options),
    write: (claim) => sink.write(batch, claim, options),
    renew: (claim) => sink.renew(claim, options),
    listDeadLetters: () => sink.listDeadLetters(STREAM, { ...options, limit: 1 }),
    postRequest: () => sink.postRequest(STREAM, request, options),
    takeRequests: (claim) => sink.takeRequests(claim, options),
  };
}

function networkCase(name: string, check: (bench: CaseBench, proxy: FaultProxy) => Promise<void>): StoreCase {
  return storeCase(
    name,
    (bench) => behindFaultProxy(bench.target.server ?? assert.fail(), (proxy) => check(bench, proxy)),
    'network',
  );
}

function sinkThrough(bench: CaseBench, proxy: FaultProxy): StoreSink {
  return bench.target.server?.createSinkAt(proxy.port) ?? assert.fail();
}

async function writerThrough(bench: CaseBench, proxy: FaultProxy): Promise<Writer> {
  return writerOf(await bench.open(sinkThrough(bench, proxy)), {}, bench.options);
}

function contactsOf(nr: number | string) {
  return sampleContacts(100, `round-${nr}-`);
}

/** Counts the bytes of a write like those that are to be broken, on a sink that has written before. */
async function bytesOfWrite(
  bench: CaseBench,
  proxy: FaultProxy,
): Promise<{ readonly up: number; readonly down: number }> {
  const { sink, claim, write } = await writerThrough(bench, proxy);
  const { up, down } = proxy.passed;
  await write({ contacts: contactsOf('m'), progress: sampleProgress(59) });
  const bytes = { up: proxy.passed.up - up, down: proxy.passed.down - down };
  await sink.release(claim, bench.options);
  return bytes;
}

/** Restores the proxy, takes the stream over, and checks that the batch is stored completely or not at all. */
async function expectWholeAfter(
  bench: CaseBench,
  proxy: FaultProxy,
  writer: Writer,
  nr: number,
  write: Promise<unknown>,
): Promise<'committed' | 'not-committed'> {
  const said = await outcomeOf(write);
  proxy.restore();
  const next = await bench.takeOver(writer);
  const broken = { contacts: contactsOf(nr), progress: sampleProgress(nr) };
  const found = await expectWholeOrNothing(bench.target, next, broken, said);
  await next.sink.release(next.claim, bench.options);
  return found;
}

/** Repeats a call: each connection of a pool may report once that it was lost. */
async function repeatedly<T>(call: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isSinkError(error) || error.verdict !== 'retryable' || failures === 10) throw error;
    }
  }
}
