// npm run bench -- [--contacts 100000[,1000000]] [--engines sqlite,postgres,mariadb] [--deliveries 10000]
// Measures db_init against each engine's own loader, and deliveries of the transactions of so many contacts against bare
// requests; prints the figures, and writes docs/performance.md. An engine mssql is there with DBSYNC_TEST_MSSQL_URL.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchEngine } from './bench-engine.ts';
import { measureDeliveries } from './deliveries.ts';
import { openMariadbBench } from './mariadb-engine.ts';
import { measureInit } from './measured-run.ts';
import { openMssqlBench } from './mssql-engine.ts';
import { openPostgresBench } from './postgres-engine.ts';
import { deliveryTableOf, type Measurement, pageOf, tableOf } from './report.ts';
import { startSimulatorProcess } from './simulator-process.ts';
import { openSqliteBench } from './sqlite-engine.ts';

const ENGINES: Readonly<Record<string, () => Promise<BenchEngine>>> = {
  sqlite: openSqliteBench,
  postgres: openPostgresBench,
  mariadb: openMariadbBench,
  ...(process.env.DBSYNC_TEST_MSSQL_URL === undefined ? {} : { mssql: openMssqlBench }),
};
const PAGE = join(import.meta.dirname, '..', 'docs', 'performance.md');

const { values } = parseArgs({
  options: {
    contacts: { type: 'string', default: '100000' },
    engines: { type: 'string', default: Object.keys(ENGINES).join(',') },
    deliveries: { type: 'string', default: '10000' },
  },
});
const sizes = values.contacts.split(',').map(Number);
const engines = values.engines.split(',');
const deliveryContacts = Number(values.deliveries);
const unknown = engines.find((name) => !Object.hasOwn(ENGINES, name));
if (unknown !== undefined || ![...sizes, deliveryContacts].every((size) => Number.isInteger(size) && size > 0)) {
  const names = Object.keys(ENGINES).join(', ');
  console.error(`Give --contacts and --deliveries as whole numbers, and --engines out of ${names}.`);
  process.exit(2);
}

const measurements: Measurement[] = [];
for (const [index, contacts] of sizes.entries()) {
  for (const name of engines) measurements.push(await measure(name, contacts, index === 0));
}
const deliveries = await measureDeliveries(deliveryContacts);
const { contacts, engines: names } = values;
const command = `npm run bench -- --contacts ${contacts} --engines ${names} --deliveries ${deliveryContacts}`;
console.log(`\n${tableOf(measurements)}\n\n${deliveryTableOf(deliveries)}`);
writeFileSync(PAGE, pageOf({ measurements, deliveries, command }));

/** Measures one engine. The loader is measured for the first size only: it takes as long as the copy. */
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
