import type { SimulationReport } from './simulate-days.ts';

/** Prints the simulated worlds and their results. */
export function printReport({ days, seed, tookMs, worlds }: SimulationReport, log: (line: string) => void): void {
  const hours = worlds.reduce((sum, world) => sum + world.hours, 0);
  const broken = worlds.filter(({ violations }) => violations.length > 0);
  log(`Hours: ${counted(worlds.map(({ target, hours: spent }) => ({ [target]: spent })))}`);
  log(`Faults: ${counted(worlds.map(({ faults }) => faults))}`);
  log(`Checks: ${counted(worlds.map(({ checks }) => checks))}`);
  log(
    `${Math.floor(hours / 24)} of ${days} days in ${worlds.length} worlds (seeds ${seed} to ${seed + worlds.length - 1}) ` +
      `in ${Math.round(tookMs / 1000)} s: ${broken.length === 0 ? 'every promise kept' : `broken in ${broken.length} worlds`}`,
  );
}

function counted(parts: readonly Readonly<Record<string, number>>[]): string {
  const sums = new Map<string, number>();
  for (const part of parts) {
    for (const [name, count] of Object.entries(part)) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return Array.from(sums, ([name, count]) => `${count} ${name}`).join(', ');
}
