import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FollowedOutput, followOutput } from './followed-output.ts';

const BIN = join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'bin', 'dbsync.js');

/**
 * A run of the real command in a child process, with an environment of its own: a home of its own, no option from
 * outside.
 */
export interface CommandRun extends Disposable, FollowedOutput {
  readonly child: ChildProcess;
  /** All log files, one after the other. */
  logs(): string;
}

export function runCommand(argv: readonly string[], variables: Readonly<Record<string, string>> = {}): CommandRun {
  const home = mkdtempSync(join(tmpdir(), 'dbsync-home-'));
  const logDir = join(home, 'logs');
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, HOME: home, DBSYNC_LOG_DIR: logDir, ...variables };
  const child = spawn(process.execPath, [BIN, ...argv], { env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
  return {
    child,
    ...followOutput(child),
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
