import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** The output of a child process. */
export interface FollowedOutput {
  /** All that it has written so far, to stdout and to stderr. */
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout holds the text; rejects when the process ends without it. */
  printed(text: string): Promise<void>;
  /** The exit code; a signal's name where one killed it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Collects the output of a child process, from its start. */
export function followOutput(child: ChildProcessByStdio<null, Readable, Readable>): FollowedOutput {
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
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
  };
}
