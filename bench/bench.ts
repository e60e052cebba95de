// npm run bench -- [--contacts 100000[,1000000]] [--engines sqlite,postgres,mariadb] [--deliveries 10000]
// Measures db_init against each engine's own loader, its CPU time against fetch and JSON.parse of the same bodies, and
// deliveries of the transactions of N contacts against bare requests; prints the figures, and writes
// docs/performance.md. An engine mssql is there with DBSYNC_TEST_MSSQL_URL.
// npm run bench -- --cpu [--contacts 50000] [--engines postgres]
// Measures the CPU time alone, and prints it.
// npm run bench -- --starts
// Measures the CPU time of starts alone, prints it, and writes that part of docs/performance.md.
// npm run bench -- --first-rows [--contacts 1000]
// Plays the ways of a new user from an empty folder to rows in PostgreSQL, prints the time of each step, and writes that part of
// docs/installing.md.
// npm run bench -- --campaigns 100 [--interval 5] [--cycles 1440] [--engines sqlite]
// Measures N campaigns in one process, and prints the figures: see campaigns.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchEngine } from './bench-engine.ts';
import { OWN_ENGINES } from './bench-engines.ts';
import { measureCampaignsInto } from './campaigns.ts';
import { measureDeliveries } from './deliveries.ts';
import { measureFirstRows } from './first-rows/first-rows.ts';
import { firstRowsSection, withFirstRows } from './first-rows/page-section.ts';
import { livePathOf, withLivePath } from './live-path-section.ts';
import { measureCpu } from './measured-cpu.ts';
import { measureInit } from './measured-run.ts';
import { openMssqlBench } from './mssql-engine.ts';
import { CPU_NOTES, copyTableOf, cpuTableOf, deliveryTableOf, type Measurement, pageOf } from './report.ts';
import { startSimulatorProcess } from './simulator-process.ts';
import { measureStarts, startsSection, withStarts } from './starts.ts';

const ENGINES: Readonly<Record<string, () => Promise<BenchEngine>>> = {
  ...OWN_ENGINES,
  ...(process.env.DBSYNC_TEST_MSSQL_URL === undefined ? {} : { mssql: openMssqlBench }),
};
const PAGE = join(import.meta.dirname, '..', 'docs', 'performance.md');
const INSTALLING_PAGE = join(import.meta.dirname, '..', 'docs', 'installing.md');

const { values } = parseArgs({
  options: {
    contacts: { type: 'string' },
    engines: { type: 'string', default: Object.keys(ENGINES).join(',') },
    deliveries: { type: 'string', default: '10000' },
    cpu: { type: 'boolean', default: false },
    starts: { type: 'boolean', default: false },
    'first-rows': { type: 'boolean', default: false },
    campaigns: { type: 'string' },
    interval: { type: 'string', default: '5' },
    cycles: { type: 'string', default: '1440' },
  },
});
if (values.starts) {
  writeStarts();
  process.exit(0);
}
if (values['first-rows']) {
  await writeFirstRows(Number(values.contacts ?? 1_000));
  process.exit(0);
}
if (values.campaigns !== undefined) {
  const { campaigns, interval, cycles, engines } = values;
  const sizes = { campaigns: Number(campaigns), intervalSeconds: Number(interval), cycles: Number(cycles) };
  console.log(JSON.stringify(await measureCampaignsInto(engines.split(',')[0] ?? 'sqlite', sizes), null, 2));
  process.exit(0);
}
const { engines, cpu: isCpuAlone, contacts = isCpuAlone ? '50000' : '100000' } = values;
const sizes = contacts.split(',').map(Number);
const names = engines.split(',');
const deliveryContacts = Number(values.deliveries);
const unknown = names.find((name) => !Object.hasOwn(ENGINES, name));
if (unknown !== undefined || ![...sizes, deliveryContacts].every((size) => Number.isInteger(size) && size > 0)) {
  const known = Object.keys(ENGINES).join(', ');
  console.error(`Give --contacts and --deliveries as whole numbers, and --engines out of ${known}.`);
  process.exit(2);
}

const measurements: Measurement[] = [];
for (const [index, size] of sizes.entries()) {
  for (const name of names) measurements.push(await measure(name, size, index === 0));
}
if (isCpuAlone) console.log(`\n${cpuTableOf(measurements)}\n\n${CPU_NOTES}`);
else {
  const deliveries = await measureDeliveries(deliveryContacts);
  const command = `npm run bench -- --contacts ${contacts} --engines ${engines} --deliveries ${deliveryContacts}`;
  console.log(`\n${copyTableOf(measurements)}\n\n${cpuTableOf(measurements)}\n\n${deliveryTableOf(deliveries)}`);
  const livePath = livePathOf(readFileSync(PAGE, 'utf8'));
  writeFileSync(PAGE, withLivePath(pageOf({ measurements, deliveries, command }), livePath));
  writeStarts();
}

function writeStarts(): void {
  const section = startsSection(measureStarts());
  console.log(`\n${section}`);
  writeFileSync(PAGE, withStarts(readFileSync(PAGE, 'utf8'), section));
}

async function writeFirstRows(contacts: number): Promise<void> {
  const section = firstRowsSection(await measureFirstRows(contacts));
  console.log(`\n${section}`);
  writeFileSync(INSTALLING_PAGE, withFirstRows(readFileSync(INSTALLING_PAGE, 'utf8'), section));
}

/** Measures one engine. Its own way and the CPU time are measured for the first size only: each takes as long as a copy. */
async function measure(name: string, contacts: number, isFirstSize: boolean): Promise<Measurement> {
  const open = ENGINES[name];
  if (open === undefined) throw new Error(`No engine ${name}`);
  await using simulator = await startSimulatorProcess(contacts);
  await using engine = await open();
  const run = { ...simulator, target: engine.target };
  console.log(`${engine.name}: db_init of ${contacts} contacts ...`);
  const first = await measureInit(run);
  const rows = await engine.countRows();
  const copy = { engine: engine.name, contacts, rows, first };
  console.log(`  ${rows} rows in ${first.seconds.toFixed(1)} s`);
  const cpu = isFirstSize ? await measureCpu(simulator, open) : null;
  if (isCpuAlone) return { ...copy, second: null, baseline: null, cpu };
  console.log('  once more, with nothing changed ...');
  const second = await measureInit(run);
  if (isFirstSize) console.log('  and the same rows by the way of the engine ...');
  return { ...copy, second, baseline: isFirstSize ? await engine.measureBaseline() : null, cpu };
}
