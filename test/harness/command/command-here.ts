import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MAIN = pathToFileURL(join(import.meta.dirname, '../../../packages/cli/dist/main.js')).href;

/**
 * Runs a command in this process, to its end, with a folder of its own for its logs: the start of a process takes most of the time of
 * a short command. Commands that are to be killed, or that are tested as a process, are started by `runCommand`.
 *
 * @param isTTY whether stdout is a terminal; default: a pipe
 */
export async function runHere(argv: readonly string[], variables: Readonly<Record<string, string>>, isTTY = false) {
  const { main } = (await import(MAIN)) as typeof import('../../../packages/cli/src/main.ts');
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-logs-'));
  const written: string[] = [];
  const before = new Set(process.listeners('uncaughtException'));
  const code = await main(
    argv,
    { DBSYNC_LOG_DIR: folder.path, ...variables },
    {
      isTTY,
      write: (text, done) => {
        written.push(text);
        done?.();
      },
      on: () => {},
    },
  );
  for (const listener of process.listeners('uncaughtException')) {
    if (!before.has(listener)) process.off('uncaughtException', listener);
  }
  return { code, stdout: written.join('') };
}
