// npm run simulate -- [--days 200] [--seed N] [--jobs 2] [--kinds a,b] [--target memory|sqlite|webhook]
// npm run simulate -- --days 10 --seed N --trace [--from-hour H]: all that happens in one world, from that hour on
// Runs the whole loop in simulated worlds, each of some days of bad weather, and checks its promises all along.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { DAYS_A_WORLD, simulateDays } from './simulate-days.ts';
import { printReport } from './simulation-report.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    kinds: { type: 'string' },
    target: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'from-hour': { type: 'string', default: '0' },
  },
});
const days = Number(values.days);
const report = await simulateDays({
  days: values.trace ? Math.min(days, DAYS_A_WORLD) : days,
  seed: Number(values.seed),
  jobs: Number(values.jobs),
  kinds: values.kinds?.split(',') ?? null,
  target: values.target ?? null,
  traceFromHour: values.trace ? Number(values['from-hour']) : null,
  log: (line) => console.log(line),
});
printReport(report, (line) => console.log(line));
process.exit(report.worlds.some(({ violations }) => violations.length > 0) ? 1 : 0);
