// npm run simulate -- [--days 200] [--seed N] [--jobs 2] [--kinds a,b] [--target memory|sqlite|webhook] [--write]
// npm run simulate -- --mutate [--rules R1,R2] [--write]: switches rules off, one at a time; the killer of each must
// fail
// npm run simulate -- --days 10 --seed N --trace [--from-hour H]: prints all events of one world, from that hour on
// --write puts the figures into docs/reliability.md. --save FILE appends each finished world to a file, and the same
// command continues an interrupted run. --figures FILE --days N --seed N prints the figures from the file, without a
// simulation. SIGINT ends a run: finished worlds count.
// Runs the whole loop in simulated worlds, each of some days of bad weather, and checks its promises all along.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { mutate } from './mutations/mutate.ts';
import { MUTATIONS } from './mutations/mutations.ts';
import { writeMutations } from './mutations/write-mutations.ts';
import { appendWorld, readWorlds } from './saved-worlds.ts';
import { DAYS_A_WORLD, simulateDays } from './simulate-days.ts';
import { printReport } from './simulation-report.ts';
import { writeFigures } from './write-figures.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    kinds: { type: 'string' },
    target: { type: 'string' },
    write: { type: 'boolean', default: false },
    mutate: { type: 'boolean', default: false },
    rules: { type: 'string' },
    save: { type: 'string' },
    figures: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'from-hour': { type: 'string', default: '0' },
  },
});
if (values.mutate) {
  const rules = values.rules?.split(',') ?? null;
  const wanted = MUTATIONS.filter(({ rule }) => rules === null || rules.includes(rule));
  const results = mutate(wanted, (line) => console.log(line));
  if (values.write) writeMutations(results, MUTATIONS);
  process.exit(results.length > 0 && results.every(({ killedBy }) => killedBy !== null) ? 0 : 1);
}
if (values.figures !== undefined) {
  const report = readWorlds(values.figures, Number(values.days), Number(values.seed));
  printReport(report, (line) => console.log(line));
  if (values.write) writeFigures(report, values.kinds?.split(',') ?? null);
  process.exit(0);
}
const days = Number(values.days);
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
const { save } = values;
const earlier = save !== undefined && existsSync(save) ? readWorlds(save, days, Number(values.seed)).worlds : [];
if (earlier.length > 0) console.log(`${earlier.length} worlds were done by an earlier run.`);
const report = await simulateDays({
  days: values.trace ? Math.min(days, DAYS_A_WORLD) : days,
  seed: Number(values.seed),
  jobs: Number(values.jobs),
  kinds: values.kinds?.split(',') ?? null,
  target: values.target ?? null,
  traceFromHour: values.trace ? Number(values['from-hour']) : null,
  log: (line) => console.log(line),
  earlier,
  onWorld: (world) => save !== undefined && appendWorld(save, world),
  signal: interrupted.signal,
});
if (interrupted.signal.aborted) console.log('Interrupted: these are the worlds that were done by then.');
printReport(report, (line) => console.log(line));
if (values.write) writeFigures(report, values.kinds?.split(',') ?? null);
process.exit(report.worlds.some(({ violations }) => violations.length > 0) ? 1 : 0);
