// node bench/second-core.ts [--contacts 2000]
// Measures what a worker could take off the thread that copies: the CPU time of that thread for a contact when it fetches and
// parses the bodies itself, when a worker fetches and hands over the bytes, and when a worker fetches, parses and hands over the
// objects. docs/adr/0028 has the figures.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { parseJson } from '@dbsync/core/contract';
import { startSimulatorProcess } from './simulator-process.ts';

type Way = 'alone' | 'bytes' | 'objects';

interface Bodies {
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  readonly ids: readonly string[];
}

const IDS_AT_ONCE = 100;

if (isMainThread) await measure();
else await fetchAll(workerData as Bodies & { readonly way: Way });

/** Fetches all bodies in a worker, and hands each answer over in the way that is measured. */
async function fetchAll({ way, ...bodies }: Bodies & { readonly way: Way }): Promise<void> {
  for await (const bytes of answersOf(bodies)) {
    if (way === 'objects') parentPort?.postMessage(parseJson(new TextDecoder().decode(bytes)));
    else parentPort?.postMessage(bytes, [bytes.buffer]);
  }
}

async function measure(): Promise<void> {
  const { values } = parseArgs({ options: { contacts: { type: 'string', default: '2000' } } });
  await using simulator = await startSimulatorProcess(Number(values.contacts));
  const bodies = { ...simulator, ids: await readIds(simulator) };
  const thread = { alone: alone, bytes: byWorker, objects: byWorker } satisfies Record<Way, unknown>;
  await alone(bodies);
  for (const way of ['alone', 'bytes', 'objects'] as const) {
    const before = process.threadCpuUsage();
    await thread[way](bodies, way);
    const { user, system } = process.threadCpuUsage(before);
    console.log(`${way}: ${((user + system) / bodies.ids.length).toFixed(0)} µs of the thread's CPU a contact`);
  }
}

async function alone(bodies: Bodies): Promise<void> {
  for await (const bytes of answersOf(bodies)) parseJson(new TextDecoder().decode(bytes));
}

async function byWorker({ apiUrl, campaign, token, ids }: Bodies, way: Way): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { apiUrl, campaign, token, ids, way } });
  worker.on('message', (answer: unknown) => {
    if (answer instanceof Uint8Array) parseJson(new TextDecoder().decode(answer));
  });
  await once(worker, 'exit');
}

async function* answersOf({ ids, ...api }: Bodies): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    yield await ask(api, 'contacts/?include_md5=true', ids.slice(start, start + IDS_AT_ONCE));
  }
}

async function readIds(api: Omit<Bodies, 'ids'>): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const query = `limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = JSON.parse(new TextDecoder().decode(await ask(api, `contacts/list?${query}`)));
    for (const { id } of page.results) ids.push(id);
    cursor = page.cursor ?? '';
    if (cursor === '') return ids;
  }
}

async function ask({ apiUrl, campaign, token }: Omit<Bodies, 'ids'>, path: string, body?: readonly string[]) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  const response = await fetch(`${apiUrl}/api/campaigns/${campaign}/${path}`, request);
  return new Uint8Array(await response.arrayBuffer());
}
