import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BIN = join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'bin', 'dbsync.js');

/**
 * A run of the real command in a child process, with an environment of its own: a home of its own, no option from
 * outside.
 */
export interface CommandRun extends Disposable {
  readonly child: ChildProcess;
  /** All that it has written so far, to stdout and to stderr. */
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout holds the text; rejects when the process ends without it. */
  printed(text: string): Promise<void>;
  /** The exit code; a signal's name where one killed it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** All log files, one after the other. */
  logs(): string;
}

export function runCommand(argv: readonly string[], variables: Readonly<Record<string, string>> = {}): CommandRun {
  const home = mkdtempSync(join(tmpdir(), 'dbsync-home-'));
  const logDir = join(home, 'logs');
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, HOME: home, DBSYNC_LOG_DIR: logDir, ...variables };
  const child = spawn(process.execPath, [BIN, ...argv], { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    printed: async (wanted) => {
      while (!text.stdout.includes(wanted)) {
        const more = once(child.stdout, 'data').then(() => true);
        if (!(await Promise.race([more, ended.then(() => false)]))) {
          throw new Error(`It ended without "${wanted}":\n${text.stdout}${text.stderr}`);
        }
      }
    },
    ended,
    logs: () =>
      readdirSync(logDir)
        .map((name) => readFileSync(join(logDir, name), 'utf8'))
        .join(''),
    [Symbol.dispose]: () => {
      child.kill('SIGKILL');
      rmSync(home, { recursive: true, force: true });
    },
  };
}
