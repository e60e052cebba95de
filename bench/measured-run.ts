import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { type CpuProfile, type Stage, stagesOf } from './cpu-stages.ts';

/** The file of the command, as it is installed. */
export const COMMAND = join(import.meta.dirname, '..', 'packages', 'cli', 'bin', 'dbsync.js');
const USAGE_AT_EXIT = pathToFileURL(join(import.meta.dirname, 'usage-at-exit.mjs')).href;
/** Time between two samples of a profile. */
const SAMPLE_MICROSECONDS = 500;

export interface MeasuredRun {
  /** The time from the start of the process to its end. */
  readonly seconds: number;
  /** The CPU time of the process, with all its threads. */
  readonly cpuSeconds: number;
  /** The most memory that the process ever held. */
  readonly peakMegabytes: number;
  readonly contactsFetched: number;
}

export interface RunOptions {
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  readonly target: string;
  /** Further options of the command. */
  readonly options?: readonly string[];
}

/** Runs `db_init` by the real command, as a user would. */
export async function measureInit(options: RunOptions): Promise<MeasuredRun> {
  return inFolder((folder) => runInit(options, folder, []));
}

/** Runs `db_init` under V8's profiler, which makes it slower. Returns the share of each stage in its busy time. */
export async function profileInit(options: RunOptions): Promise<ReadonlyMap<Stage, number>> {
  return inFolder(async (folder) => {
    const profiles = join(folder, 'profiles');
    const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${SAMPLE_MICROSECONDS}`];
    await runInit(options, folder, flags);
    const [file = ''] = readdirSync(profiles);
    return stagesOf(JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile);
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-bench-run-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runInit(
  { apiUrl, campaign, token, target, options = [] }: RunOptions,
  folder: string,
  flags: readonly string[],
): Promise<MeasuredRun> {
  const usageFile = join(folder, 'usage.json');
  const own = { DBSYNC_TOKEN: token, DBSYNC_API_URL: apiUrl, DBSYNC_URL: target, DBSYNC_LOG_DIR: join(folder, 'logs') };
  const argv = [
    ...flags,
    `--import=${USAGE_AT_EXIT}`,
    COMMAND,
    '--mode',
    'db_init',
    '--campaign',
    campaign,
    '--json',
    ...options,
  ];
  const started = performance.now();
  const env = { ...process.env, ...own, BENCH_USAGE: usageFile };
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let summary: { totals: { contactsFetched: number } } | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.type === 'stopped') summary = event.summary;
    if (event.type === 'error') console.error(`${event.code}: ${event.message}`);
  }
  const [code] = await ended;
  if (code !== 0 || summary === null) throw new Error(`db_init ended with ${code}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Pick<MeasuredRun, 'cpuSeconds' | 'peakMegabytes'>;
  const seconds = (performance.now() - started) / 1000;
  return { seconds, ...usage, contactsFetched: summary.totals.contactsFetched };
}
