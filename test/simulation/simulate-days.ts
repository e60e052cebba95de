import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { SimulatedWorld } from './simulated-world.ts';

/** A world is simulated for so long; its seed is its number. */
export const DAYS_A_WORLD = 10;

export interface SimulationOptions {
  readonly days: number;
  /** Of the first world; the next ones have the next numbers. */
  readonly seed: number;
  /** Processes side by side. */
  readonly jobs: number;
  /** Kinds of faults; null: all. */
  readonly kinds: readonly string[] | null;
  /** What all worlds copy to; null: each its own. */
  readonly target: string | null;
  /** Prints all that happens from this hour on; null: not at all. */
  readonly traceFromHour: number | null;
  readonly log: (line: string) => void;
}

export interface SimulationReport {
  readonly days: number;
  readonly seed: number;
  readonly tookMs: number;
  /** In the order of their seeds. */
  readonly worlds: readonly SimulatedWorld[];
}

/** Time and chance are taken away from whole processes, so worlds have some of their own. */
const CHILD = join(import.meta.dirname, 'worlds-child.ts');
/** Worlds make little that lasts: a large nursery and no threads beside are twice as fast. */
const NODE_OPTIONS = ['--max-semi-space-size=32', '--single-threaded-gc'];

export async function simulateDays(options: SimulationOptions): Promise<SimulationReport> {
  const { days, seed, jobs, log } = options;
  const startedMs = performance.now();
  const seeds = Array.from({ length: Math.ceil(days / DAYS_A_WORLD) }, (_, nr) => seed + nr);
  const worlds: SimulatedWorld[] = [];
  const shares = Array.from({ length: Math.min(jobs, seeds.length) }, (_, job) =>
    seeds.filter((_seed, at) => at % jobs === job),
  );
  await Promise.all(
    shares.map((share) =>
      runChild(share, options, (world) => {
        worlds.push(world);
        for (const { invariant, day, hour, what, command } of world.violations.slice(0, 3)) {
          log(
            `seed ${world.seed} (${world.target}), day ${day}, hour ${hour}: ${invariant} broken: ${what}\n  ${command}`,
          );
        }
      }),
    ),
  );
  worlds.sort((a, b) => a.seed - b.seed);
  return { days, seed, tookMs: performance.now() - startedMs, worlds };
}

function runChild(
  seeds: readonly number[],
  { days, kinds, target, traceFromHour }: SimulationOptions,
  onWorld: (world: SimulatedWorld) => void,
): Promise<void> {
  const wish = JSON.stringify({ seeds, days: Math.min(days, DAYS_A_WORLD), kinds, target, traceFromHour });
  const child = spawn(process.execPath, [...NODE_OPTIONS, CHILD, wish], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (world) => onWorld(world as SimulatedWorld));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`A process of worlds ended with ${code ?? signal}.`));
    });
  });
}
