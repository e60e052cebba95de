import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { peakMegabytesOf } from './peak-memory.ts';

const COMMAND = join(import.meta.dirname, '..', 'packages', 'cli', 'bin', 'dbsync.js');
const LOOK_EACH_MS = 50;

export interface MeasuredRun {
  /** The time from the start of the process to its end. */
  readonly seconds: number;
  /** The most memory that the process ever held; null where the system does not report it. */
  readonly peakMegabytes: number | null;
  readonly contactsFetched: number;
}

export interface RunOptions {
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  readonly target: string;
}

/** Runs `db_init` by the real command, as a user would. */
export async function measureInit({ apiUrl, campaign, token, target }: RunOptions): Promise<MeasuredRun> {
  const logs = mkdtempSync(join(tmpdir(), 'dbsync-bench-logs-'));
  const env = { ...process.env, DBSYNC_TOKEN: token, DBSYNC_API_URL: apiUrl, DBSYNC_URL: target, DBSYNC_LOG_DIR: logs };
  const started = performance.now();
  const child = spawn(process.execPath, [COMMAND, '--mode', 'db_init', '--campaign', campaign, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peakMegabytes: number | null = null;
  const look = setInterval(() => {
    peakMegabytes = peakMegabytesOf(child.pid) ?? peakMegabytes;
  }, LOOK_EACH_MS);
  const ended = once(child, 'exit');
  let summary: { totals: { contactsFetched: number } } | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    if (event.type === 'stopped') summary = event.summary;
    if (event.type === 'error') console.error(`${event.code}: ${event.message}`);
  }
  const [code] = await ended;
  clearInterval(look);
  rmSync(logs, { recursive: true });
  if (code !== 0 || summary === null) throw new Error(`db_init ended with ${code}`);
  return {
    seconds: (performance.now() - started) / 1000,
    peakMegabytes,
    contactsFetched: summary.totals.contactsFetched,
  };
}
