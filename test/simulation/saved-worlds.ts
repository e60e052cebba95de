import { appendFileSync, readFileSync } from 'node:fs';
import type { SimulationReport } from './simulate-days.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Appends a world to a file, one a line, so that a long run can be read while it lasts, and outlives its process. */
export function appendWorld(file: string, world: SimulatedWorld): void {
  appendFileSync(file, `${JSON.stringify(world)}\n`);
}

/** Reads the report of the run that wrote this file. */
export function readWorlds(file: string, days: number, seed: number): SimulationReport {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const worlds: SimulatedWorld[] = lines.map((line) => JSON.parse(line));
  worlds.sort((a, b) => a.seed - b.seed);
  return { days, seed, tookMs: 0, worlds };
}
