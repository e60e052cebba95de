// node bench/live-path.ts [--rate 200] [--seconds 60] [--contacts 20000] [--engines sqlite,postgres,mariadb]
// Lets a daemon follow so many changed contacts a second at --interval 1, and measures the time from each change to its commit:
// it holds the wait for the next cycle, the requests and the write. Prints a table.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { OWN_ENGINES, openEngine } from './bench-engines.ts';
import { markdownTable } from './markdown.ts';
import { COMMAND, measureInit } from './measured-run.ts';
import { cpuSecondsOf } from './process-usage.ts';

const STEP_MS = 50;
/** A change that is not written by then counts as lost, and the bench says so. */
const PATIENCE_MS = 30_000;
const PERCENTILES = [50, 95, 99, 100];

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    contacts: { type: 'string', default: '20000' },
    engines: { type: 'string', default: Object.keys(OWN_ENGINES).join(',') },
  },
});
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];

const rows = [
  ['engine', 'changes', ...PERCENTILES.map((part) => (part === 100 ? 'longest' : `p${part}`)), 'CPU of dbsync'],
];
for (const name of values.engines.split(',')) {
  const simulator = await startSimulator({ contacts: Number(values.contacts), gzip: false });
  await using engine = await openEngine(name);
  await measureInit({ ...simulator, apiUrl: simulator.url, target: engine.target });
  const { took, cpuShare } = await followed(simulator, engine.target);
  rows.push([
    engine.name,
    String(took.length),
    ...PERCENTILES.map((part) => `${((took[Math.ceil((took.length * part) / 100) - 1] ?? 0) / 1000).toFixed(2)} s`),
    `${Math.round(100 * cpuShare)} % of a core`,
  ]);
  console.error(rows.at(-1)?.join('  '));
  await simulator.close();
}
console.log(markdownTable(rows));

/** Returns the time of each change in ms, the shortest first. */
async function followed({ activity, campaign, token, url }: Simulator, target: string) {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-bench-live-'));
  const env = { PATH: process.env.PATH, HOME: folder.path, DBSYNC_TOKEN: token, DBSYNC_API_URL: url };
  const argv = ['--mode', 'db_sync', '--campaign', campaign, '--url', target, '--interval', '1'];
  const child = spawn(process.execPath, [COMMAND, ...argv, '--json', '--log-level', 'debug'], {
    env,
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  /** The time of the first change of a contact that is not written yet. */
  const changed = new Map<string, number>();
  const took: number[] = [];
  const cycling = hear(child, (contactIds) => {
    for (const contactId of contactIds) {
      const since = changed.get(contactId);
      if (since === undefined) continue;
      changed.delete(contactId);
      took.push(performance.now() - since);
    }
  });
  await cycling;
  const cpuBefore = cpuSecondsOf(child.pid) ?? 0;
  const started = performance.now();
  for (let count = 0; performance.now() - started < 1000 * seconds; ) {
    await sleep(STEP_MS);
    const due = Math.floor(((performance.now() - started) / 1000) * rate) - count;
    for (const { contactId } of activity.step(due, 'transaction')) {
      if (contactId !== null && !changed.has(contactId)) changed.set(contactId, performance.now());
    }
    count += due;
  }
  const cpuShare = ((cpuSecondsOf(child.pid) ?? 0) - cpuBefore) / ((performance.now() - started) / 1000);
  for (const giveUp = performance.now() + PATIENCE_MS; changed.size > 0 && performance.now() < giveUp; )
    await sleep(STEP_MS);
  child.kill('SIGTERM');
  await ended;
  if (changed.size > 0) throw new Error(`${changed.size} changes were not written within ${PATIENCE_MS / 1000} s`);
  return { took: took.toSorted((a, b) => a - b), cpuShare };
}

/** Resolves at the first cycle. */
async function hear({ stdout }: ChildProcess, written: (contactIds: readonly string[]) => void): Promise<void> {
  if (stdout === null) throw new TypeError('stdout is a pipe');
  const cycled = Promise.withResolvers<void>();
  createInterface({ input: stdout }).on('line', (line) => {
    const { type, contactIds } = JSON.parse(line) as { type?: string; contactIds?: readonly string[] };
    if (type === 'cycle') cycled.resolve();
    if (type === 'written') written(contactIds ?? []);
  });
  await cycled.promise;
}
