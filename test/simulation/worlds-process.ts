import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { SimulatedWorld } from './simulated-world.ts';

/** The worlds of one process, one after the other. */
export interface WorldsOptions {
  readonly seeds: readonly number[];
  readonly days: number;
  /** Kinds of faults; null: all. */
  readonly kinds: readonly string[] | null;
  readonly target: string | null;
  readonly traceFromHour: number | null;
}

/** The script of the process. Time and chance are replaced in whole processes, so worlds have their own. */
const CHILD = join(import.meta.dirname, 'worlds-child.ts');
/** Worlds make few lasting objects: a large nursery and no other threads are twice as fast. */
const NODE_OPTIONS = ['--max-semi-space-size=32', '--single-threaded-gc'];

/** Simulates worlds in a process of their own. Resolves to the reason why it ended early; null: it finished all. */
export function startWorlds(
  options: WorldsOptions,
  onWorld: (world: SimulatedWorld) => void,
  signal?: AbortSignal,
): Promise<string | null> {
  const child = spawn(process.execPath, [...NODE_OPTIONS, CHILD, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const end = () => void child.kill();
  signal?.addEventListener('abort', end, { once: true });
  child.on('message', (world) => onWorld(world as SimulatedWorld));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, killedBy) => {
      signal?.removeEventListener('abort', end);
      resolve(code === 0 ? null : `A process of worlds ended with ${code ?? killedBy}.`);
    });
  });
}
