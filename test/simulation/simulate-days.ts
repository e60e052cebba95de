import type { SimulatedWorld } from './simulated-world.ts';
import { startWorlds, type WorldsOptions } from './worlds-process.ts';

/** The length of a world; its seed is its number. */
export const DAYS_A_WORLD = 10;

export interface SimulationOptions {
  readonly days: number;
  /** The seed of the first world; the next ones have the next numbers. */
  readonly seed: number;
  /** The seeds of worlds that are not numbered one after the other, in the place of `seed`. */
  readonly seeds?: readonly number[];
  /** The number of processes side by side. */
  readonly jobs: number;
  /** Kinds of faults; null: all. */
  readonly kinds: readonly string[] | null;
  /** The target of all worlds; null: each has its own. */
  readonly target: string | null;
  /** Prints all events from this hour on; null: none. */
  readonly traceFromHour: number | null;
  readonly log: (line: string) => void;
  /** Worlds that an earlier run of the same seeds has done. */
  readonly earlier?: readonly SimulatedWorld[];
  /** Called for each world that is done. */
  readonly onWorld?: (world: SimulatedWorld) => void;
  /** Ends the worlds under way; those that are done count. */
  readonly signal?: AbortSignal;
}

export interface SimulationReport {
  /** The requested number of days. */
  readonly days: number;
  readonly seed: number;
  readonly tookMs: number;
  /** The worlds in the order of their seeds. */
  readonly worlds: readonly SimulatedWorld[];
}

export async function simulateDays(options: SimulationOptions): Promise<SimulationReport> {
  const { days, seed, jobs, log } = options;
  const startedMs = performance.now();
  const seeds = options.seeds ?? Array.from({ length: Math.ceil(days / DAYS_A_WORLD) }, (_, nr) => seed + nr);
  const worlds: SimulatedWorld[] = (options.earlier ?? []).filter(({ seed: of }) => seeds.includes(of));
  const known = new Set(worlds.map((world) => world.seed));
  const left = seeds.filter((of) => !known.has(of));
  const done = (world: SimulatedWorld) => {
    worlds.push(world);
    options.onWorld?.(world);
    for (const { invariant, day, hour, what, command } of world.violations.slice(0, 3)) {
      log(`seed ${world.seed} (${world.target}), day ${day}, hour ${hour}: ${invariant} broken: ${what}\n  ${command}`);
    }
    if (worlds.length % TELL_EVERY === 0) log(`${worlds.length} of ${seeds.length} worlds are done.`);
  };
  const shares = Array.from({ length: Math.min(jobs, left.length) }, (_, job) =>
    left.filter((_seed, at) => at % jobs === job),
  );
  await Promise.all(shares.map((share) => runShare(share, options, done)));
  worlds.sort((a, b) => a.seed - b.seed);
  return { days, seed, tookMs: performance.now() - startedMs, worlds };
}

const TELL_EVERY = 10;

/** Runs a share of the worlds. Continues with the next world where a process ended within one. */
async function runShare(
  share: readonly number[],
  options: SimulationOptions,
  done: (world: SimulatedWorld) => void,
): Promise<void> {
  const { kinds, target, traceFromHour, signal } = options;
  const shareOptions: WorldsOptions = {
    kinds,
    target,
    traceFromHour,
    days: Math.min(options.days, DAYS_A_WORLD),
    seeds: share,
  };
  for (let left = share; left.length > 0 && !isAborted(signal); ) {
    let count = 0;
    const onWorld = (world: SimulatedWorld) => {
      count += 1;
      done(world);
    };
    const fault = await startWorlds({ ...shareOptions, seeds: left }, onWorld, signal);
    const [lost, ...others] = left.slice(count);
    if (lost !== undefined && fault !== null && !isAborted(signal)) done(lostWorld(lost, shareOptions, fault));
    left = others;
  }
}

/** Makes the result of a world whose process ended before its end: that breaks a promise too. */
function lostWorld(seed: number, { days, target }: WorldsOptions, what: string): SimulatedWorld {
  const command = `npm run simulate -- --days ${days} --seed ${seed}`;
  const violation = { invariant: 'running', day: 0, hour: '0', what, command } as const;
  const name = target === 'sqlite' || target === 'webhook' ? target : 'memory';
  return { seed, hours: 0, target: name, faults: {}, checks: {}, violations: [violation], digest: '' };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
