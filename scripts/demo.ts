// `npm run demo`: a campaign of 20,000 contacts with activity, copied into a SQLite file and kept current for a while.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { type ReportDays, withDays } from './report-questions.ts';

const CONTACTS = 20_000;
const HAPPENINGS_PER_SECOND = 20;
const SYNC_MS = 15_000;
const TABLES = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'];

/** The reports of examples/reports that the demo ends with, and the most rows of each that it prints. */
const REPORTS = ['calls-by-hour', 'agents', 'attempts-by-status'];
const MOST_ROWS = 24;
/** The time over which the simulated campaign has calls. */
const HISTORY_MS = 30 * 86_400_000;

interface Cycle {
  readonly contacts: number;
  readonly inboundCalls: number;
  readonly rows: number;
  readonly lagMs: number | null;
}

const root = join(import.meta.dirname, '..');
const folder = join(root, 'demo');
const file = join(folder, 'campaign.db');
const page = join(folder, 'campaign.html');
const target = `sqlite:${relative(process.cwd(), file)}`;

let running: ChildProcess | null = null;
let interrupted: NodeJS.Signals | null = null;
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

const code = await demo();
process.exit(interrupted === null ? code : 128 + constants.signals[interrupted]);

async function demo(): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const simulator = await startSimulator({ contacts: CONTACTS });
  try {
    simulator.activity.start(HAPPENINGS_PER_SECOND);
    heading(`A campaign of ${count(CONTACTS)} contacts, in which ${HAPPENINGS_PER_SECOND} things happen each second`);
    heading(`1. db_init copies it into ${relative(process.cwd(), file)}`);
    const startedMs = performance.now();
    const initCode = await ended(dbsync(simulator, ['--mode', 'db_init'], 'inherit'));
    const initMs = performance.now() - startedMs;
    if (initCode !== 0 || interrupted !== null) return initCode;
    const rowsOfInit = total(rowCounts());

    heading(`2. db_sync keeps the copy current, for ${SYNC_MS / 1000} seconds here`);
    const { exitCode, cycles } = await sync(simulator);
    if (exitCode !== 0 || interrupted !== null) return exitCode;
    report(rowsOfInit, initMs, cycles);
    const reportsCode = await reports(simulator);
    if (reportsCode !== 0 || interrupted !== null) return reportsCode;
    explainHowToContinue(simulator);
    return 0;
  } finally {
    await simulator.close();
  }
}

/** Starts the real command in a process group of its own: an interrupt reaches it through this script, once. */
function dbsync(simulator: Simulator, own: readonly string[], stdout: 'inherit' | 'pipe'): ChildProcess {
  const command = join(root, 'packages', 'cli', 'bin', 'dbsync.js');
  const { url, campaign, token } = simulator;
  const env = { ...process.env, DBSYNC_TOKEN: token, DBSYNC_API_URL: url, DBSYNC_LOG_DIR: join(folder, 'logs') };
  const argv = [command, ...own, '--campaign', campaign, '--url', target];
  running = spawn(process.execPath, argv, { env, stdio: ['ignore', stdout, 'inherit'], detached: true });
  return running;
}

async function sync(simulator: Simulator): Promise<{ exitCode: number; cycles: readonly Cycle[] }> {
  const cycles: Cycle[] = [];
  const child = dbsync(simulator, ['--mode', 'db_sync', '--interval', '1', '--json'], 'pipe');
  const exit = ended(child);
  const timer = setTimeout(() => child.kill('SIGTERM'), SYNC_MS);
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line);
      if (event.type === 'error') console.log(`${event.code}: ${event.message}`);
      if (event.type !== 'cycle') continue;
      cycles.push(event);
      console.log(cycleLine(event));
    }
  }
  const exitCode = await exit;
  clearTimeout(timer);
  return { exitCode, cycles };
}

function cycleLine({ contacts, inboundCalls, rows, lagMs }: Cycle): string {
  const lag = lagMs === null ? 'catching up' : `${seconds(lagMs)} behind`;
  return `   ${count(contacts)} contacts, ${count(inboundCalls)} inbound calls, ${count(rows)} rows, ${lag}`;
}

async function ended(child: ChildProcess): Promise<number> {
  const [exitCode] = await once(child, 'exit');
  running = null;
  return exitCode ?? 1;
}

function interrupt(signal: NodeJS.Signals): void {
  interrupted = signal;
  running?.kill(signal);
}

function report(rowsOfInit: number, initMs: number, cycles: readonly Cycle[]): void {
  const counts = rowCounts();
  const written = cycles.reduce((sum, { rows }) => sum + rows, 0);
  heading('3. What the file holds');
  printTable([...counts].map(([table, rows]) => ({ table: `mcall_${table}`, rows: count(rows) })));
  console.log(`
   db_init   ${count(rowsOfInit)} rows in ${seconds(initMs)}: ${count((rowsOfInit * 1000) / initMs)} rows/s, start of the process included
   db_sync   ${count(written)} rows in ${cycles.length} cycles, at the end ${seconds(cycles.at(-1)?.lagMs ?? 0)} behind the API`);
}

/** Prints the first reports, and makes the page of `dbsync report`. Returns the exit code of the command that failed, else 0. */
async function reports(simulator: Simulator): Promise<number> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  heading(`4. dbsync views install makes views for reports, with times of ${zone}`);
  const installed = ['views', 'install', '--time-zone', zone];
  const viewsCode = await ended(dbsync(simulator, installed, 'inherit'));
  if (viewsCode !== 0 || interrupted !== null) return viewsCode;
  for (const name of REPORTS) {
    const path = join(root, 'examples', 'reports', `${name}.sql`);
    const sql = withDays(readFileSync(path, 'utf8').trimEnd(), daysBefore(simulator.historyEndMs));
    heading(relative(process.cwd(), path));
    console.log(`${sql.replaceAll(/^/gm, '   ')}\n`);
    const rows = query(sql);
    printTable(rows.slice(0, MOST_ROWS).map(rounded));
    if (rows.length > MOST_ROWS) console.log(`   and ${rows.length - MOST_ROWS} more`);
  }
  heading('5. dbsync report draws the campaign as a page that needs no network: open it in a browser');
  return ended(dbsync(simulator, ['report', '--html', page], 'inherit'));
}

/** Returns the days of the campaign, up to today. */
function daysBefore(historyEndMs: number): ReportDays {
  const dayAt = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { first: dayAt(historyEndMs - HISTORY_MS), end: dayAt(Date.now() + 86_400_000) };
}

function rounded(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const of = (value: unknown) => (typeof value === 'number' ? count(value) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, of(value)]));
}

function explainHowToContinue({ campaign, token, historyEndMs }: Simulator): void {
  const bin = relative(process.cwd(), join(root, 'node_modules', '.bin')) || '.';
  const past = new Date(historyEndMs).toISOString();
  heading('6. How to go on');
  console.log(`   The file:              ${file}
   The page:              ${page}
   The logs:              ${join(folder, 'logs')}

   The same campaign again, as long as you like. It starts again, so dbsync reports records from above that it lacks.
   ${bin}/dbsync-simulator --port 8787 --contacts ${CONTACTS} --history-end ${past} --activity ${HAPPENINGS_PER_SECOND} &
   ${bin}/dbsync --a db_sync --c ${campaign} --ct ${token} --api-url http://127.0.0.1:8787 --interval 5 --url ${target}

   Your own campaign: first all there is, then what happens, until you stop it:
   ${bin}/dbsync --a db_init --c CAMPAIGN --ct TOKEN --url sqlite:campaign.db
   ${bin}/dbsync --a db_sync --c CAMPAIGN --ct TOKEN --url sqlite:campaign.db`);
}

function rowCounts(): ReadonlyMap<string, number> {
  return new Map(TABLES.map((table) => [table, Number(query(`select count(*) as n from mcall_${table}`)[0]?.n)]));
}

function query(sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, rows) => sum + rows, 0);
}

function printTable(rows: readonly Record<string, unknown>[]): void {
  const columns = Object.keys(rows[0] ?? { 'no rows': '' });
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const isNumeric = columns.map((column) => rows.every((row) => /^[\d,.]+$/.test(String(row[column]))));
  for (const row of cells) {
    const padded = row.map((cell, index) =>
      isNumeric[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
    );
    console.log(`   ${padded.join('  ').trimEnd()}`);
  }
}

function heading(text: string): void {
  console.log(`\n${text}\n`);
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
