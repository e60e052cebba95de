// Simulates worlds one after the other and reports each result to its parent. Started by worlds-process.ts.

import { installLightSignals } from './light-signals.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import { installVirtualGlobals } from './virtual-globals.ts';
import type { WorldsOptions } from './worlds-process.ts';

const { seeds, days, kinds: wanted, target, traceFromHour }: WorldsOptions = JSON.parse(process.argv[2] ?? '');
// Late failures of an ended world affect no other world.
process.on('unhandledRejection', () => {});
// Stacks cost more than all else here, and are not read.
Error.stackTraceLimit = 0;
installLightSignals();
const globals = installVirtualGlobals();
const { FAULT_KINDS } = await import('./fault-kinds.ts');
const { DAY_MS, HOUR_MS } = await import('./weather.ts');
const { isTargetName } = await import('./targets.ts');
const { runWorld } = await import('./world.ts');

const kinds = FAULT_KINDS.filter((kind) => wanted === null || wanted.includes(kind));
const trace = traceFromHour === null ? null : tracer(traceFromHour * HOUR_MS);

for (const seed of seeds) {
  const result = await runWorld({ seed, days, kinds, target: isTargetName(target) ? target : null, trace }, globals);
  const { faults, checks, violations, hours, digest } = result;
  const only = (wanted === null ? '' : ` --kinds ${wanted.join(',')}`) + (target === null ? '' : ` --target ${target}`);
  const dated = violations.map(({ invariant, atMs, what }) => {
    const day = Math.floor(atMs / DAY_MS);
    const hour = ((atMs % DAY_MS) / HOUR_MS).toFixed(2);
    const fromHour = Math.max(0, Math.floor(atMs / HOUR_MS) - 2);
    const command = `npm run simulate -- --days ${days} --seed ${seed}${only} --trace --from-hour ${fromHour}`;
    return { invariant, day, hour, what, command };
  });
  const world: SimulatedWorld = {
    seed,
    hours,
    target: result.target,
    faults: Object.fromEntries(faults),
    checks: Object.fromEntries(checks),
    violations: dated,
    digest,
  };
  process.send?.(world);
}
process.disconnect?.();

function tracer(fromMs: number) {
  return (atMs: number, line: string) => {
    if (atMs >= fromMs) console.log(`hour ${(atMs / HOUR_MS).toFixed(4)}: ${line}`);
  };
}
