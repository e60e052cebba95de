import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PluginInChild } from '../store-subject.js';

/** What the child is told when it starts. */
export type ChildOrder = PluginInChild;

/** What the child does with the sink that it makes. */
export type ChildModule = 'child-writer.js' | 'child-deliverer.js';

/** A process with a sink of its own, to be killed. */
export interface ChildProcess {
  /** Waits for this line, or one that begins with it, and answers it; rejects where the child ends without. */
  stepOf(step: string): Promise<string>;
  /** Has it do the next piece of work. */
  order(nr: number): void;
  /** SIGKILL; answers all lines that it has ever said. */
  kill(): Promise<readonly string[]>;
}

export function startChild(module: ChildModule, { entry, address, options }: PluginInChild): ChildProcess {
  const order: ChildOrder = { entry, address, options };
  const child = spawn(process.execPath, [builtFile(module), JSON.stringify(order)], { stdio: 'pipe' });
  const lines = createInterface({ input: child.stdout });
  const said: string[] = [];
  let heard = 0;
  let isOver = false;
  let complaints = '';
  lines.on('line', (line) => said.push(line));
  const over = once(lines, 'close').then(() => {
    isOver = true;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk;
  });
  child.stdin.on('error', () => {});
  return {
    stepOf: async (step) => {
      for (;;) {
        for (let line = said[heard]; line !== undefined; line = said[heard]) {
          heard += 1;
          if (line.startsWith(step)) return line;
        }
        if (isOver) throw new Error(`The child process ended: ${complaints.slice(-2_000)}`);
        await Promise.race([once(lines, 'line'), over]);
      }
    },
    order: (nr) => void child.stdin.write(`${nr}\n`),
    kill: async () => {
      child.kill('SIGKILL');
      await over;
      return said;
    },
  };
}

/** Kills all that the work has started, whatever becomes of it. */
export async function withChildren(
  module: ChildModule,
  plugin: PluginInChild,
  work: (start: () => ChildProcess) => Promise<void>,
): Promise<void> {
  const children: ChildProcess[] = [];
  const start = () => {
    const child = startChild(module, plugin);
    children.push(child);
    return child;
  };
  try {
    await work(start);
  } finally {
    await Promise.all(children.map((child) => child.kill()));
  }
}

/** Resolves the package by its own name, which leads to the built files: a child process cannot run the sources. */
function builtFile(module: ChildModule): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@dbsync/testkit'))), 'children', module);
}
