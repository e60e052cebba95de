import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { runHere } from '../harness/command/command-here.ts';
import { type CommandRun, runCommand } from '../harness/command/command-run.ts';

/** The campaign's past has a fixed end, so that ids are the same in each run. */
const PAST = { historyEndMs: Date.UTC(2026, 10, 1), historyDays: 30 };

export interface Outcome {
  readonly command: string;
  /** Its output, with the paths of the page. */
  readonly output: string;
}

/** A campaign of 60 contacts with a copy in SQLite, and the commands of an operator. */
export interface OperatorWorld extends AsyncDisposable {
  readonly simulator: Simulator;
  /** The commands that have run, in their order. */
  readonly outcomes: readonly Outcome[];
  /** Runs a command line of the page to its end, and keeps its output. @throws Error for another exit code */
  operate(command: string, exitCode?: number): Promise<void>;
  /** Copies all contacts once; keeps no output. */
  copyAll(): Promise<void>;
  /** Copies another campaign into the same tables. */
  copyAnother(): Promise<void>;
  /** Starts a daemon, and waits for its first cycles. */
  startDaemon(): Promise<CommandRun>;
  /** Resolves when the heartbeat of the daemon names this error that it waits for; null: when it names none. */
  untilTrouble(daemon: CommandRun, code: string | null): Promise<void>;
  /** The disk of the daemon. */
  readonly disk: { fill(): void; free(): void };
  /** Changes the copy as another program does. */
  change(...statements: readonly string[]): void;
  /** Returns the first id of a table, in the order of ids. */
  firstId(table: string, column: string): string;
  /** Keeps the copy's file, and puts it back. */
  backUp(): void;
  restore(): void;
}

export async function createWorld(): Promise<OperatorWorld> {
  const simulator = await startSimulator({ contacts: 60, campaign: 'CAMPAIGN', token: 'TOKEN', ...PAST });
  // The path has the length of that of the page, so that lines break at the same words.
  // A short path: one that is wrapped at 80 columns could not be told from the rest of the line.
  const folder = mkdtempSync(join(process.platform === 'win32' ? tmpdir() : '/tmp', 'ops-'));
  const database = join(folder, 'copy.db');
  const backup = join(folder, 'backup.db');
  const variables = givenOptions(simulator, folder, database);
  const thisHost = new RegExp(`\\b${hostname().replaceAll('.', '\\.')}\\b`, 'g');
  const disk = createDisk(folder);
  const daemons: CommandRun[] = [];
  const outcomes: Outcome[] = [];
  const runToEnd = async (words: readonly string[], exitCode: number) => {
    const { code, stdout } = await runHere(words, variables);
    if (code !== exitCode) throw new Error(`dbsync ${words.join(' ')} ended with ${code}:\n${stdout}`);
    return stdout
      .replaceAll(join(folder, 'logs'), '/var/log/dbsync')
      .replaceAll(folder, '/var/lib/dbsync')
      .replaceAll(thisHost, 'db1')
      .replaceAll(new URL(simulator.url).host, 'api.dialfire.com');
  };
  const inCopy = <T>(use: (copy: DatabaseSync) => T) => {
    using copy = new DatabaseSync(database, { enableForeignKeyConstraints: false, timeout: 10_000 });
    return use(copy);
  };
  return {
    simulator,
    outcomes,
    operate: async (command, exitCode = 0) => {
      const [program, ...words] = command.split(' ');
      if (program !== 'dbsync') throw new Error(`${program} is not dbsync`);
      outcomes.push({ command, output: await runToEnd(words, exitCode) });
    },
    copyAll: async () => {
      await runToEnd(['--mode', 'db_init'], 0);
    },
    copyAnother: async () => {
      const another = await startSimulator({ contacts: 20, seed: 2, campaign: 'ANOTHER', token: 'TOKEN', ...PAST });
      await runToEnd(['--mode', 'db_init', '--campaign', 'ANOTHER', '--api-url', another.url], 0);
      await another.close();
    },
    startDaemon: async () => {
      const run = runCommand(['--mode', 'db_sync', '--json', '--interval', '1'], { ...variables, ...disk.variables });
      daemons.push(run);
      for (let cycles = 0; cycles < 3; cycles = run.stdout().split('"type":"cycle"').length - 1) await moreOf(run);
      return run;
    },
    untilTrouble: async (daemon, code) => {
      const trouble = () => inCopy((copy) => copy.prepare(TROUBLE).get()?.code);
      while (trouble() !== code) await moreOf(daemon);
    },
    disk,
    change: (...statements) =>
      inCopy((copy) => {
        for (const statement of statements) copy.exec(statement);
      }),
    firstId: (table, column) =>
      inCopy((copy) => String(Object(copy.prepare(`SELECT min("${column}") AS id FROM ${table}`).get()).id)),
    backUp: () => copyFileSync(database, backup),
    restore: () => {
      for (const end of ['-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
      copyFileSync(backup, database);
    },
    [Symbol.asyncDispose]: async () => {
      for (const daemon of daemons) daemon[Symbol.dispose]();
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const TROUBLE = "SELECT json_extract(body, '$.trouble.code') AS code FROM mcall_sync_heartbeats";

async function moreOf({ child }: CommandRun): Promise<void> {
  await once(child.stdout ?? child, 'data');
}

/** A disk that the daemon finds full while a file exists. */
function createDisk(folder: string) {
  const mark = join(folder, 'disk-is-full');
  const preload = new URL('full-disk.ts', import.meta.url).href;
  return {
    variables: { NODE_OPTIONS: `--import=${preload}`, OPERATIONS_FULL_DISK: mark },
    fill: () => writeFileSync(mark, ''),
    free: () => rmSync(mark),
  };
}

/** The options that the page says are in the environment. */
function givenOptions(simulator: Simulator, folder: string, database: string): Readonly<Record<string, string>> {
  const secret = (name: string, text: string) => {
    writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    DBSYNC_CAMPAIGN: 'CAMPAIGN',
    DBSYNC_TOKEN_FILE: secret('token', 'TOKEN'),
    DBSYNC_URL_FILE: secret('url', `sqlite:${database}`),
    DBSYNC_API_URL: simulator.url,
    DBSYNC_LOG_DIR: join(folder, 'logs'),
  };
}
