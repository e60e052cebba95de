// `node bench/deliveries.ts [--messages 20000] [--concurrency 16]`: how many deliveries a second the loop makes to an
// endpoint that answers at once, from a queue in memory and from an outbox in a file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createOutbox, type DeliveryQueue, guardEndpoint, systemClock } from '@dbsync/core';
import type { Claim, EndpointSink, StoreSink } from '@dbsync/core/contract';
import { sampleContacts, sampleProgress } from '@dbsync/core/testkit';
import { DEFAULT_SCHEDULE } from '../packages/core/dist/deliver/attempt-schedule.js';
import { createDeliveryLoop } from '../packages/core/dist/deliver/delivery-loop.js';
import { createTokenBucket } from '../packages/core/dist/deliver/token-bucket.js';
import { createMemoryQueue } from '../test/harness/memory-queue.ts';

const { values } = parseArgs({ options: { messages: { type: 'string' }, concurrency: { type: 'string' } } });
const messages = Number(values.messages ?? 20_000);
const concurrency = Number(values.concurrency ?? 16);
const signal = new AbortController().signal;
const MEMORY_CLAIM: Claim = { stream: 'S', holder: 'H', epoch: 1n, plan: 'P', leaseMs: 30_000 };

await measure('queue in memory', memoryQueue(), MEMORY_CLAIM);
const folder = mkdtempSync(join(tmpdir(), 'dbsync-bench-'));
try {
  const { store, queue } = createOutbox({ file: join(folder, 'state.sqlite'), ballastBytes: 0 });
  await store.open({ signal });
  await measure('outbox in a file', queue, await fill(store));
  await store.close();
} finally {
  rmSync(folder, { recursive: true });
}

/** Ten messages a contact. */
function memoryQueue(): DeliveryQueue {
  const queue = createMemoryQueue();
  for (let nr = 0; nr < messages; nr += 1) queue.add(`C${Math.floor(nr / 10)}`);
  return queue;
}

/** Two messages a contact. */
async function fill(store: StoreSink): Promise<Claim> {
  await store.declareFields([], { signal });
  const process = { host: 'bench', bootId: 'bench', pid: 1, startedAt: '1' };
  const answer = await store.claim('S', 'P', { leaseMs: 600_000, process, signal });
  if (!answer.granted) throw new Error('The outbox is held.');
  const progress = { ...sampleProgress(1), since: null };
  for (let nr = 0; nr < messages / 2; nr += 500) {
    const contacts = sampleContacts(Math.min(500, messages / 2 - nr), `B${nr}-`);
    await store.write({ contacts, inboundCalls: [], deadLetters: [], settled: [], progress }, answer.claim, { signal });
  }
  return answer.claim;
}

async function measure(name: string, queue: DeliveryQueue, claim: Claim): Promise<void> {
  const stop = new AbortController();
  const counts = { accepted: 0, commits: 0 };
  const endpoint: EndpointSink = {
    kind: 'endpoint',
    open: async () => {},
    checkHealth: async () => [],
    close: async () => {},
    deliver: async (batch) => batch.map(() => ({ verdict: 'accepted' })),
  };
  const guarded = guardEndpoint(endpoint);
  await guarded.open({ signal });
  const loop = createDeliveryLoop({
    queue,
    endpoint: guarded,
    claim,
    clock: systemClock,
    schedule: DEFAULT_SCHEDULE,
    bucket: createTokenBucket(null),
    concurrency,
    observe: (event) => {
      if (event.type !== 'delivery') return;
      counts.accepted += event.accepted;
      counts.commits += 1;
      if (counts.accepted >= messages) stop.abort();
    },
    stop: stop.signal,
    halt: signal,
  });
  const started = performance.now();
  await loop.run();
  const seconds = (performance.now() - started) / 1_000;
  await guarded.close();
  const perSecond = Math.round(counts.accepted / seconds).toLocaleString('en');
  const perCommit = (counts.accepted / counts.commits).toFixed(1);
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${name}: ${perSecond} deliveries/s, ${perCommit} a commit, ${seconds.toFixed(1)} s, RSS ${megabytes} MB`,
  );
}
