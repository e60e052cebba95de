// node bench/second-core.ts [--contacts 2000]
// Measures what a worker could take off the thread that copies: the CPU time of that thread for a contact when it fetches and
// parses the bodies itself, when a worker fetches and hands over the bytes, and when a worker fetches, parses and hands over the
// objects. docs/adr/0028 has the figures.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { parseJson } from '@dbsync/core/contract';
import { askForBodies, type BareApi, IDS_AT_ONCE, listIds } from './bare-requests.ts';
import { startSimulatorProcess } from './simulator-process.ts';

type Way = 'bytes' | 'objects';

interface Bodies {
  readonly api: BareApi;
  readonly ids: readonly string[];
}

if (isMainThread) await measure();
else await handOver(workerData as Bodies & { readonly way: Way });

/** Fetches all bodies in a worker, and hands each answer over in the way that is measured. */
async function handOver({ way, ...bodies }: Bodies & { readonly way: Way }): Promise<void> {
  for await (const bytes of answersOf(bodies)) {
    if (way === 'objects') parentPort?.postMessage(parsed(bytes));
    else parentPort?.postMessage(bytes, [bytes.buffer]);
  }
}

async function measure(): Promise<void> {
  const { values } = parseArgs({ options: { contacts: { type: 'string', default: '2000' } } });
  await using simulator = await startSimulatorProcess(Number(values.contacts));
  const { apiUrl, campaign, token } = simulator;
  const api = { apiUrl, campaign, token };
  const bodies = { api, ids: await listIds(api) };
  await alone(bodies);
  const ways = {
    alone: () => alone(bodies),
    bytes: () => byWorker(bodies, 'bytes'),
    objects: () => byWorker(bodies, 'objects'),
  };
  for (const [way, run] of Object.entries(ways)) {
    const before = process.threadCpuUsage();
    await run();
    const { user, system } = process.threadCpuUsage(before);
    console.log(`${way}: ${((user + system) / bodies.ids.length).toFixed(0)} µs of the thread's CPU a contact`);
  }
}

async function alone(bodies: Bodies): Promise<void> {
  for await (const bytes of answersOf(bodies)) parsed(bytes);
}

async function byWorker(bodies: Bodies, way: Way): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { ...bodies, way } });
  worker.on('message', (answer: unknown) => {
    if (answer instanceof Uint8Array) parsed(answer);
  });
  await once(worker, 'exit');
}

async function* answersOf({ api, ids }: Bodies): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    const answer = await askForBodies(api, ids.slice(start, start + IDS_AT_ONCE));
    yield new Uint8Array(await answer.arrayBuffer());
  }
}

function parsed(bytes: Uint8Array): unknown {
  return parseJson(new TextDecoder().decode(bytes));
}
