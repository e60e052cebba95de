import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type CommandRun, runCommand } from '../harness/command/command-run.ts';
import type { Machine } from './machine.ts';

/**
 * The service of a machine, as systemd runs it: the command with the options of `/etc/dbsync/CAMPAIGN.env`, and SIGTERM for a stop. No
 * systemd is init where tests run, so `systemctl` and `journalctl` themselves cannot.
 */
export interface Service extends Disposable {
  /** Starts it, and waits until it has ended three cycles, or has failed. */
  start(): Promise<void>;
  /** Stops it, and waits for its end. @throws Error for an unclean end */
  stop(): Promise<void>;
  /** Returns the lines that it has written since it was made: the journal has the same. */
  lines(): readonly string[];
}

/** The cycles after which the status no longer shows a start. */
const CYCLES = 3;

/** @param variables of the service alone */
export function createService(machine: Machine, variables: Readonly<Record<string, string>>): Service {
  const runs: CommandRun[] = [];
  return {
    async start() {
      const run = runCommand([], { ...machine.variables, ...optionsOf(machine.serviceFile), ...variables });
      runs.push(run);
      let isRunning = true;
      const ended = run.ended.then(() => {
        isRunning = false;
      });
      while (isRunning && run.stdout().split('\nCycle: ').length <= CYCLES) {
        await Promise.race([once(run.child.stdout ?? run.child, 'data'), ended]);
      }
    },
    async stop() {
      const run = runs.at(-1);
      run?.child.kill('SIGTERM');
      const code = await run?.ended;
      if (code !== 0 && code !== 143) throw new Error(`The service ended with ${code}:\n${run?.stdout()}`);
    },
    lines: () => runs.flatMap((run) => `${run.stdout()}${run.stderr()}`.trimEnd().split('\n')),
    [Symbol.dispose]: () => {
      for (const run of runs) run[Symbol.dispose]();
    },
  };
}

/** Reads an `EnvironmentFile=`. */
function optionsOf(file: string): Readonly<Record<string, string>> {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').split('\n');
  return Object.fromEntries(lines.filter((line) => line.includes('=')).map((line) => line.split('=', 2)));
}
