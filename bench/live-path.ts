// node bench/live-path.ts [--rate 200] [--seconds 60] [--contacts 20000] [--engines sqlite,postgres,mariadb] [--write]
// Lets a daemon follow so many changed contacts a second at --interval 1, and measures the time to the commit of each change, from
// the change, with the wait for the next cycle, and from the first answer of the API that names it. Prints a table;
// --write puts it into docs/performance.md.
import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { OWN_ENGINES, openEngine } from './bench-engines.ts';
import { livePathSection, withLivePath } from './live-path-section.ts';
import { markdownTable } from './markdown.ts';
import { COMMAND, measureInit } from './measured-run.ts';
import { cpuSecondsOf } from './process-usage.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'performance.md');
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
    write: { type: 'boolean', default: false },
  },
});
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];

const rows = [
  [
    'engine',
    'changes',
    ...['from the change', 'from the answer'].flatMap((from) =>
      PERCENTILES.map((part) => `${from}: ${part === 100 ? 'longest' : `p${part}`}`),
    ),
    'CPU of dbsync',
  ],
];
for (const name of values.engines.split(',')) {
  const simulator = await startSimulator({ contacts: Number(values.contacts), gzip: false });
  await using engine = await openEngine(name);
  await measureInit({ ...simulator, apiUrl: simulator.url, target: engine.target });
  const { took, tookSinceAnswer, cpuShare } = await followed(simulator, engine.target);
  rows.push([
    engine.name,
    String(took.length),
    ...percentilesOf(took),
    ...percentilesOf(tookSinceAnswer),
    `${Math.round(100 * cpuShare)} % of a core`,
  ]);
  console.error(rows.at(-1)?.join('  '));
  await simulator.close();
}
const table = markdownTable(rows);
console.log(table);
if (values.write)
  writeFileSync(PAGE, withLivePath(readFileSync(PAGE, 'utf8'), livePathSection(table, { rate, seconds })));

function percentilesOf(took: readonly number[]): readonly string[] {
  const sorted = took.toSorted((a, b) => a - b);
  return PERCENTILES.map(
    (part) => `${((sorted[Math.ceil((sorted.length * part) / 100) - 1] ?? 0) / 1000).toFixed(2)} s`,
  );
}

/** Returns the times of each change in ms. */
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
  /** The time of the first change of a contact that is not written yet, and of the answer that names it. */
  const changed = new Map<string, Change>();
  const [took, tookSinceAnswer]: [number[], number[]] = [[], []];
  using _ = watchAnswers(changed);
  const cycling = hear(child, (contactIds) => {
    for (const contactId of contactIds) {
      const change = changed.get(contactId);
      // One that was read before this change: the write of the change follows.
      if (change?.answeredMs === undefined) continue;
      changed.delete(contactId);
      took.push(performance.now() - change.madeMs);
      tookSinceAnswer.push(performance.now() - change.answeredMs);
    }
  });
  await cycling;
  const cpuBefore = cpuSecondsOf(child.pid) ?? 0;
  const started = performance.now();
  for (let count = 0; performance.now() - started < 1000 * seconds; ) {
    await sleep(STEP_MS);
    const due = Math.floor(((performance.now() - started) / 1000) * rate) - count;
    for (const { contactId } of activity.step(due, 'transaction')) {
      if (contactId !== null && !changed.has(contactId)) changed.set(contactId, { madeMs: performance.now() });
    }
    count += due;
  }
  const cpuShare = ((cpuSecondsOf(child.pid) ?? 0) - cpuBefore) / ((performance.now() - started) / 1000);
  for (const giveUp = performance.now() + PATIENCE_MS; changed.size > 0 && performance.now() < giveUp; )
    await sleep(STEP_MS);
  child.kill('SIGTERM');
  await ended;
  if (changed.size > 0) throw new Error(`${changed.size} changes were not written within ${PATIENCE_MS / 1000} s`);
  return { took, tookSinceAnswer, cpuShare };
}

interface Change {
  readonly madeMs: number;
  answeredMs?: number;
}

/** Notes the first listing of events that begins after a change: its answer names the change. */
function watchAnswers(changed: ReadonlyMap<string, Change>): Disposable {
  const begun = new WeakMap<IncomingMessage, number>();
  const begin = (message: unknown) => {
    const { request } = message as { readonly request: IncomingMessage };
    if (request.url?.includes('/contacts/transactions/')) begun.set(request, performance.now());
  };
  const finish = (message: unknown) => {
    const beganMs = begun.get((message as { readonly request: IncomingMessage }).request);
    if (beganMs === undefined) return;
    for (const change of changed.values()) {
      if (change.madeMs < beganMs) change.answeredMs ??= performance.now();
    }
  };
  subscribe('http.server.request.start', begin);
  subscribe('http.server.response.finish', finish);
  return {
    [Symbol.dispose]() {
      unsubscribe('http.server.request.start', begin);
      unsubscribe('http.server.response.finish', finish);
    },
  };
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
