import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ContactTree, Progress } from '../contract/index.js';
import { sampleContacts, sampleProgress } from './sample-contacts.js';
import type { PluginInChild } from './store-subject.js';

/** What the child is told when it starts. */
export type ChildOrder = PluginInChild;

/** A process with a sink of its own, to be killed. */
export interface ChildWriter {
  /** Waits for the next line that it says, and answers it; rejects where it ends without another. */
  nextStep(): Promise<string>;
  /** Has it write {@link batchOfChild}. */
  write(nr: number): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** A batch that both processes know. */
export function batchOfChild(nr: number): { readonly contacts: readonly ContactTree[]; readonly progress: Progress } {
  return { contacts: sampleContacts(200, `child-${nr}-`), progress: sampleProgress(nr) };
}

export function startChildWriter({ entry, address, options }: PluginInChild): ChildWriter {
  const order: ChildOrder = { entry, address, options };
  const child = spawn(process.execPath, [childModule(), JSON.stringify(order)], { stdio: 'pipe' });
  const gone = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk;
  });
  child.stdin.on('error', () => {});
  return {
    nextStep: async () => {
      const { done, value } = await lines.next();
      if (done) throw new Error(`The child process ended: ${complaints.slice(-2_000)}`);
      return value;
    },
    write: (nr) => void child.stdin.write(`${nr}\n`),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Found through the package's own door, which leads to what was built. */
function childModule(): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@dbsync/core/testkit'))), 'child-writer.js');
}
