import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PluginInChild } from '../store-subject.js';

/** The order that the child gets as its first line. Other users see the command line, and the order may hold a password. */
export type ChildOrder = PluginInChild;

/** The module that the child runs with its sink. */
export type ChildModule = 'child-writer.js' | 'child-deliverer.js';

/** A process with a sink of its own, to be killed. */
export interface ChildProcess {
  /** Waits for a line that begins so, and returns it; rejects where the child ends before. */
  stepOf(step: string): Promise<string>;
  /** Orders the next piece of work. */
  order(nr: number): void;
  /** Kills the child with SIGKILL; returns all lines that it has printed. */
  kill(): Promise<readonly string[]>;
}

export function startChild(module: ChildModule, { entry, address, options }: PluginInChild): ChildProcess {
  const order: ChildOrder = { entry, address, options };
  const child = spawn(process.execPath, [builtFile(module)], { stdio: 'pipe' });
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
  child.stdin.write(`${JSON.stringify(order)}\n`);
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

/** Runs work with child processes, and kills them all in any case. */
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

/**
 * Returns a built file. Resolves the package by its own name, which leads to the built files: a child process cannot
 * run the sources.
 */
function builtFile(module: ChildModule): string {
  return join(dirname(fileURLToPath(import.meta.resolve('@dbsync/testkit'))), 'children', module);
}
