import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import type { ClientProduct } from '../harness/servers/database-clients.ts';
import { type Receiver, startReceiver } from '../harness/webhook/webhook-receiver.ts';
import { createCommandLines, wordsOf } from './command-lines.ts';
import { createMachine, type Machine } from './machine.ts';
import { openPageDatabase } from './page-database.ts';
import type { Place } from './programs.ts';
import { createService } from './service.ts';

/** The campaign's past has a fixed end, so that ids are the same in each run. */
const PAST = { historyEndMs: Date.UTC(2026, 10, 1), historyDays: 30 };

export interface CommandResult {
  readonly command: string;
  /** The output of the command, with the paths of the page. */
  readonly output: string;
}

/** The work of the service of a world, and its target. */
export interface WorldOptions {
  /** `webhook` delivers to the receiver; `db_sync` copies. */
  readonly mode: 'db_sync' | 'webhook';
  /** The server that `db_sync` copies into; absent: a SQLite file. */
  readonly database?: ClientProduct;
}

/** A campaign of 60 contacts, the commands of an operator, and two machines: `db1`, and `db2` to move to. */
export interface OperatorWorld extends AsyncDisposable {
  readonly simulator: Simulator;
  /** The web service of webhook mode. */
  readonly receiver: Receiver;
  /** The commands that have run, in their order. */
  readonly outcomes: readonly CommandResult[];
  /** Runs a command line of the page to its end, and keeps its output. @throws Error for another exit code */
  operate(command: string, exitCode?: number): Promise<void>;
  /** Runs a command of dbsync, or one that ends with 0, again and again until its output matches; keeps no output. */
  until(command: string, wanted: RegExp): Promise<void>;
  /** Runs a command line, and keeps no output. */
  quietly(command: string): Promise<void>;
  /** Copies another campaign into the same tables. */
  copyAnother(): Promise<void>;
  /** Sets options of the service. */
  setOptions(options: Readonly<Record<string, string>>): void;
  /** Goes to `db2`: all commands run there from now on. */
  goToOther(): void;
  /** The disk of the service. */
  readonly disk: { fill(): void; free(): void };
  /** Changes the copy as another program does. */
  change(...statements: readonly string[]): void;
  /** Returns the first id of a table, in the order of ids. */
  firstId(table: string, column: string): string;
}

export async function createWorld({ mode, database: product }: WorldOptions): Promise<OperatorWorld> {
  const simulator = await startSimulator({ contacts: 60, campaign: 'CAMPAIGN', token: 'TOKEN', ...PAST });
  const receiver = await startReceiver();
  const database = product === undefined ? null : await openPageDatabase(product);
  const target = mode === 'webhook' ? `${receiver.origin}/hook` : (database?.url ?? null);
  const options = { apiUrl: simulator.url, target };
  const [first, second] = [createMachine('db1', options), createMachine('db2', options)];
  const disk = createDisk(first);
  const [service, otherService] = [createService(first, disk.variables), createService(second, {})];
  let here: Place = { machine: first, service, other: second, database };
  const hosts = [
    [new URL(simulator.url).host, 'api.dialfire.com'],
    [new URL(receiver.origin).host, 'crm.example.com'],
    ...(database?.shown ?? []),
  ] as const;
  const lines = createCommandLines(mode, hosts, () => here);
  const outcomes: CommandResult[] = [];
  lines.setOptions({});
  return {
    ...{ simulator, receiver, outcomes, disk, setOptions: lines.setOptions },
    ...createCopyAccess(first),
    operate: async (command, exitCode = 0) => {
      outcomes.push({ command, output: await lines.run(command, exitCode) });
    },
    quietly: async (command) => {
      await lines.run(command, 0);
    },
    until: async (command, wanted) => {
      const [program = '', ...words] = wordsOf(command);
      const output = () => (program === 'dbsync' ? lines.dbsync(words, null) : lines.run(command, 0));
      while (!wanted.test(await output()));
    },
    copyAnother: async () => {
      const another = await startSimulator({ contacts: 20, seed: 2, campaign: 'ANOTHER', token: 'TOKEN', ...PAST });
      await lines.dbsync(['--mode', 'db_init', '--campaign', 'ANOTHER', '--api-url', another.url], 0);
      await another.close();
    },
    goToOther: () => {
      here = { machine: second, service: otherService, other: first, database };
    },
    [Symbol.asyncDispose]: async () => {
      for (const made of [service, otherService, first, second]) made[Symbol.dispose]();
      await Promise.all([simulator.close(), receiver.close(), database?.[Symbol.asyncDispose]()]);
    },
  };
}

/** Access to the rows of the copy as another program has it. */
function createCopyAccess({ state }: Machine): Pick<OperatorWorld, 'change' | 'firstId'> {
  const inCopy = <T>(use: (copy: DatabaseSync) => T) => {
    using copy = new DatabaseSync(join(state, 'copy.db'), { enableForeignKeyConstraints: false, timeout: 10_000 });
    return use(copy);
  };
  return {
    change: (...statements) =>
      inCopy((copy) => {
        for (const statement of statements) copy.exec(statement);
      }),
    firstId: (table, column) =>
      inCopy((copy) => String(Object(copy.prepare(`SELECT min("${column}") AS id FROM ${table}`).get()).id)),
  };
}

/** A disk that the service finds full while a file exists. */
function createDisk({ serviceFile }: Machine) {
  const mark = `${serviceFile}-disk-is-full`;
  const preload = new URL('full-disk.ts', import.meta.url).href;
  return {
    variables: { NODE_OPTIONS: `--import=${preload}`, OPERATIONS_FULL_DISK: mark },
    fill: () => writeFileSync(mark, ''),
    free: () => rmSync(mark),
  };
}
