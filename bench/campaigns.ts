// npm run bench -- --campaigns 100 [--interval 5] [--cycles 1440] [--engines sqlite] (or postgres, mariadb)
// Runs so many campaigns in one process by `dbsync run --config`, each against a simulated API of its own, for so many cycles: 1,440
// are a day at the usual interval of a minute. Prints memory over time, missed cycles and connections.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { openEngine } from './bench-engines.ts';
import { COMMAND } from './measured-run.ts';
import { cpuSecondsOf, peakMegabytesOf } from './process-usage.ts';

const CONTACTS = 50;
/** The age of the campaigns. An older campaign would be read for minutes first. */
const SINCE_MS = 30 * 86_400_000;
/** The number of samples over the run. */
const SAMPLES = 24;
/** Things that happen in each campaign between two samples. */
const ACTIVITIES = 10;
/** PostgreSQL's default; MariaDB and MySQL share where a number is given. */
const SHARED_CONNECTIONS = 16;

interface CampaignsOptions {
  readonly campaigns: number;
  readonly intervalSeconds: number;
  readonly cycles: number;
  /** Creates the target of a campaign; the same for all, or a new one for each. */
  readonly createTarget: (folder: string, nr: number) => string;
  /** Absent: the file names none. */
  readonly sharedConnections?: number;
}

/** The state of the process at one moment. */
interface CampaignsSample {
  readonly seconds: number;
  readonly residentMegabytes: number;
  readonly sockets: number;
  /** The cycles of the campaign that has the fewest, and of all. */
  readonly fewestCycles: number;
  readonly cycles: number;
  readonly cpuSeconds: number;
}

export interface CampaignsMeasurement {
  readonly options: Pick<CampaignsOptions, 'campaigns' | 'intervalSeconds' | 'cycles'>;
  readonly samples: readonly CampaignsSample[];
  readonly peakMegabytes: number;
  /** Campaigns whose cycles ever were further apart than two intervals and a tick. */
  readonly late: readonly string[];
  /** Events that are louder than information, by code. */
  readonly loud: Readonly<Record<string, number>>;
}

/** Measures campaigns that copy into SQLite files, one for each, or into one database of a server, whose connections they share. */
export async function measureCampaignsInto(
  engine: string,
  sizes: CampaignsMeasurement['options'],
): Promise<CampaignsMeasurement> {
  if (engine === 'sqlite') {
    return measureCampaigns({ ...sizes, createTarget: (folder, nr) => `sqlite:${join(folder, `copy-${nr}.db`)}` });
  }
  await using opened = await openEngine(engine);
  const createTarget = () => opened.target;
  return await measureCampaigns({ ...sizes, createTarget, sharedConnections: SHARED_CONNECTIONS });
}

async function measureCampaigns(options: CampaignsOptions): Promise<CampaignsMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-bench-campaigns-'));
  const simulators: Simulator[] = [];
  for (let nr = 1; nr <= options.campaigns; nr++) {
    const campaign = `CAMPAIGN${String(nr).padStart(8, '0')}`;
    simulators.push(await startSimulator({ seed: nr, campaign, contacts: CONTACTS, fields: 5, gzip: false }));
  }
  writeConfig(folder, simulators, options);
  const env = { PATH: process.env.PATH, HOME: folder };
  const argv = [COMMAND, 'run', '--config', join(folder, 'dbsync.json'), '--json'];
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    return await watched(child, simulators, options);
  } finally {
    child.kill('SIGTERM');
    await ended;
    for (const simulator of simulators) await simulator.close();
    rmSync(folder, { recursive: true });
  }
}

function writeConfig(folder: string, simulators: readonly Simulator[], options: CampaignsOptions): void {
  const since = new Date(Date.now() - SINCE_MS).toISOString().slice(0, 10);
  const defaults = { mode: 'db_sync', since, interval: options.intervalSeconds, 'log-dir': 'logs' };
  const campaigns = simulators.map(({ campaign, token, url }, at) => {
    return { campaign, token, 'api-url': url, url: options.createTarget(folder, at + 1) };
  });
  const shared = options.sharedConnections === undefined ? {} : { 'shared-connections': options.sharedConnections };
  const config = { 'metrics-port': 0, ...shared, defaults, campaigns };
  writeFileSync(join(folder, 'dbsync.json'), JSON.stringify(config), { mode: 0o600 });
}

async function watched(
  child: ChildProcess,
  simulators: readonly Simulator[],
  { campaigns, intervalSeconds, cycles }: CampaignsOptions,
): Promise<CampaignsMeasurement> {
  const heard = hear(child, intervalSeconds);
  const started = performance.now();
  const samples: CampaignsSample[] = [];
  const everyMs = (1000 * intervalSeconds * cycles) / SAMPLES;
  while (samples.length < SAMPLES) {
    await sleep(everyMs);
    for (const { activity } of simulators) activity.step(ACTIVITIES, 'transaction');
    const counts = simulators.map(({ campaign }) => heard.cycles.get(campaign) ?? 0);
    samples.push({
      seconds: Math.round((performance.now() - started) / 1000),
      ...processState(child.pid),
      fewestCycles: Math.min(...counts),
      cycles: counts.reduce((sum, count) => sum + count, 0),
    });
    console.log(lineOf(samples.at(-1)));
  }
  return {
    options: { campaigns, intervalSeconds, cycles },
    samples,
    peakMegabytes: Math.round(peakMegabytesOf(child.pid) ?? 0),
    late: [...heard.late],
    loud: heard.loud,
  };
}

/** Counts the cycles of each campaign, and notes those that came too late. */
function hear({ stdout }: ChildProcess, intervalSeconds: number) {
  const cycles = new Map<string, number>();
  const lastMs = new Map<string, number>();
  const late = new Set<string>();
  const loud: Record<string, number> = {};
  // A tick of the process is up to 5 s.
  const allowedMs = 1000 * (2 * intervalSeconds + 5);
  if (stdout === null) throw new TypeError('stdout is a pipe');
  createInterface({ input: stdout }).on('line', (line) => {
    const { type, name, level, code, message } = JSON.parse(line);
    if (level !== 'info' && level !== 'debug' && level !== 'notice') {
      if (loud[code ?? type] === undefined) console.log(`${name ?? 'the process'}: ${code}: ${message ?? type}`);
      loud[code ?? type] = (loud[code ?? type] ?? 0) + 1;
    }
    if (type !== 'cycle') return;
    const nowMs = performance.now();
    if (nowMs - (lastMs.get(name) ?? nowMs) > allowedMs) late.add(name);
    lastMs.set(name, nowMs);
    cycles.set(name, (cycles.get(name) ?? 0) + 1);
  });
  return { cycles, late, loud };
}

function processState(pid: number | undefined) {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const files = readdirSync(`/proc/${pid}/fd`).map((file) => targetOf(`/proc/${pid}/fd/${file}`));
  return {
    residentMegabytes: Math.round(Number(kilobytes) / 1024),
    sockets: files.filter((target) => target.startsWith('socket:')).length,
    cpuSeconds: cpuSecondsOf(pid) ?? 0,
  };
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function lineOf(sample: CampaignsSample | undefined): string {
  if (sample === undefined) return '';
  const { seconds, residentMegabytes, sockets, fewestCycles, cycles, cpuSeconds } = sample;
  return `${seconds} s: ${residentMegabytes} MB, ${sockets} sockets, ${cycles} cycles (fewest ${fewestCycles}), ${cpuSeconds.toFixed(0)} s of CPU`;
}
