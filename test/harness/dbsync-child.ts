import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../packages/cli/bin/dbsync.js', import.meta.url));

/** One line that `dbsync --json` prints. */
export interface PrintedEvent {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** A run of the real command in its own process. */
export interface DbsyncChild {
  readonly process: ChildProcess;
  readonly events: readonly PrintedEvent[];
  /** Returns all printed text. */
  readonly output: () => string;
  /** Resolves with the next event, from now on, that fits; rejects when the process ends without it. */
  next(fits: (event: PrintedEvent) => boolean): Promise<PrintedEvent>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
}

/** Writes options as words of a command line. */
export function optionWords(options: Readonly<Record<string, string | number | true>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
}

/**
 * Starts the command. @param options without dashes; true: a flag
 * @param command words before the options, such as `dead-letters list`
 */
export function startDbsync(
  options: Readonly<Record<string, string | number | true>>,
  variables: NodeJS.ProcessEnv = {},
  command: readonly string[] = [],
): DbsyncChild {
  const home = mkdtempSync(join(tmpdir(), 'dbsync-home-'));
  const child = spawn(process.execPath, [BIN, ...command, ...optionWords(options), '--json'], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, HOME: home, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const events: PrintedEvent[] = [];
  const waiting = new Set<(event: PrintedEvent) => void>();
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    output += `${line}\n`;
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as PrintedEvent;
    events.push(event);
    for (const tell of [...waiting]) tell(event);
  });
  const endWithUs = () => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = once(child, 'close').then(([code, signal]) => {
    process.off('exit', endWithUs);
    rmSync(home, { recursive: true, force: true });
    return (signal ?? code) as number | NodeJS.Signals;
  });
  return {
    process: child,
    events,
    output: () => output,
    next: (fits) =>
      new Promise((resolve, reject) => {
        const tell = (event: PrintedEvent) => {
          if (!fits(event)) return;
          waiting.delete(tell);
          resolve(event);
        };
        waiting.add(tell);
        void ended.then((how) =>
          reject(new Error(`dbsync ended (${how}) without the event:\n${output.slice(-4_000)}`)),
        );
      }),
    ended,
    kill: (signal) => void child.kill(signal),
  };
}
