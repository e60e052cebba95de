// npm run bench -- [--contacts 100000[,1000000]] [--engines sqlite,postgres,mariadb]
// Measures db_init against each engine's own loader, prints a table, and writes docs/performance.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchEngine } from './bench-engine.ts';
import { openMariadbBench } from './mariadb-engine.ts';
import { measureInit } from './measured-run.ts';
import { openPostgresBench } from './postgres-engine.ts';
import { type Measurement, pageOf, tableOf } from './report.ts';
import { startSimulatorProcess } from './simulator-process.ts';
import { openSqliteBench } from './sqlite-engine.ts';

const ENGINES: Readonly<Record<string, () => Promise<BenchEngine>>> = {
  sqlite: openSqliteBench,
  postgres: openPostgresBench,
  mariadb: openMariadbBench,
};
const PAGE = join(import.meta.dirname, '..', 'docs', 'performance.md');

const { values } = parseArgs({
  options: {
    contacts: { type: 'string', default: '100000' },
    engines: { type: 'string', default: Object.keys(ENGINES).join(',') },
  },
});
const sizes = values.contacts.split(',').map(Number);
const engines = values.engines.split(',');
const unknown = engines.find((name) => !Object.hasOwn(ENGINES, name));
if (unknown !== undefined || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
  console.error(`Give --contacts as whole numbers, and --engines out of ${Object.keys(ENGINES).join(', ')}.`);
  process.exit(2);
}

const measurements: Measurement[] = [];
for (const [index, contacts] of sizes.entries()) {
  for (const name of engines) measurements.push(await measure(name, contacts, index === 0));
}
console.log(`\n${tableOf(measurements)}`);
const command = `npm run bench -- --contacts ${values.contacts} --engines ${values.engines}`;
writeFileSync(PAGE, pageOf(measurements, command));

/** The loader is measured for the first size only: it takes as long as the copy. */
async function measure(name: string, contacts: number, withBaseline: boolean): Promise<Measurement> {
  const open = ENGINES[name];
  if (open === undefined) throw new Error(`No engine ${name}`);
  await using engine = await open();
  await using simulator = await startSimulatorProcess(contacts);
  console.log(`${engine.name}: db_init of ${contacts} contacts ...`);
  const first = await measureInit({ ...simulator, target: engine.target });
  const rows = await engine.countRows();
  console.log(`  ${rows} rows in ${first.seconds.toFixed(1)} s; once more, with nothing changed ...`);
  const second = await measureInit({ ...simulator, target: engine.target });
  if (withBaseline) console.log('  and the same rows by the loader of the engine ...');
  const baseline = withBaseline ? await engine.measureBaseline() : null;
  return { engine: engine.name, contacts, rows, first, second, baseline };
}
