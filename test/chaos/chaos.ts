// npm run chaos -- [--engine sqlite|postgres] [--kills 50] [--seed N] [--contacts 3000]
import { parseArgs } from 'node:util';
import { ENGINES, openTargets } from '../harness/targets.ts';
import { killRun } from './kill-run.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    contacts: { type: 'string', default: '3000' },
  },
});
const engines = ENGINES.filter((name) => values.engine === undefined || values.engine === name);
if (engines.length === 0) {
  console.error(`Unknown engine "${values.engine}". Known: ${ENGINES.join(', ')}.`);
  process.exit(2);
}
const [kills, seed, contacts] = [Number(values.kills), Number(values.seed), Number(values.contacts)];
let failures = 0;

for (const engine of engines) {
  console.log(
    `${engine}: ${kills} kills, seed ${seed}, ${contacts} contacts; again with --engine ${engine} --seed ${seed}`,
  );
  await using targets = await openTargets(engine);
  await using target = await targets.create();
  const result = await killRun({ seed, kills, contacts, target, log: (line) => console.log(`  ${line}`) });
  const { differences, rows } = result.comparison;
  for (const difference of differences.slice(0, 10))
    console.log('  differs:', JSON.stringify(difference).slice(0, 400));
  const verdict = differences.length === 0 ? 'equals the truth' : `${differences.length} differences`;
  console.log(
    `${engine}: ${result.killedInits} db_init and ${result.killedSyncs} db_sync killed; ${rows} rows: ${verdict}`,
  );
  failures += differences.length;
}
process.exit(failures === 0 ? 0 : 1);
